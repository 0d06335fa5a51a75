package dev.ratematch.controller.host;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.service.Service;

/// Keeps a record of every cycle.
@FunctionalInterface
public interface Journal {

    /// Keeps none.
    Journal NONE = entry -> {};

    /// Says what was decided, before the fleet is touched: whoever starts next must find an open
    /// move where this is persisted.
    ///
    /// @param next what the next cycle goes on from
    default void decided(Cycle cycle, State next) {}

    /// Adds the record of one cycle, once the fleet was commanded.
    void append(JournalEntry entry);

    /// Says what the cycles from here on are decided for and what is remembered before the first of
    /// them: at the start, and whenever either is changed from outside.
    default void service(Service service, State state) {}
}
