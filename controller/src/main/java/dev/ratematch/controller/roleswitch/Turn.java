package dev.ratematch.controller.roleswitch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one look led to.
///
/// @param next to be kept before any order is carried out
/// @param orders in the order in which to carry them out, at most one for an instance
/// @param held why a switch that the counts want does not begin; null when none is wanted or one
///   began
public record Turn(Switchboard next, List<Order> orders, List<Event> events, @Nullable Held held) {

    public Turn {
        orders = List.copyOf(orders);
        events = List.copyOf(events);
    }
}
