package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import org.jspecify.annotations.Nullable;

/// What the host is to do with one instance. The next state is kept before an order is carried out.
/// An order may come again, look after look, until a look shows that it was done; it is the same
/// order then.
public sealed interface Order {

    /// To whom.
    String instance();

    /// Ask the engine whether it takes switches, without changing anything.
    ///
    /// @param serial goes back in the [Reply]; one that was sent already is not sent again
    record Ask(String instance, Role role, long serial) implements Order {}

    /// Take it out of both pools.
    record Unroute(String instance) implements Order {}

    /// Tell the engine to take a role. Comes only when this look read the live role and no load.
    ///
    /// @param expectedEpoch for an engine that counts epochs; null for the others
    /// @param serial goes back in the [Reply]; one that was sent already is not sent again
    record Switch(String instance, Role to, @Nullable Long expectedEpoch, long serial)
            implements Order {}

    /// Put it into the pool of a role.
    record Route(String instance, Role role) implements Order {}

    /// Delete its pod, so that another takes its place.
    record Delete(String instance, String why) implements Order {}
}
