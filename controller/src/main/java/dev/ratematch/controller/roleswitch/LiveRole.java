package dev.ratematch.controller.roleswitch;

import dev.ratematch.controller.observe.Role;
import org.jspecify.annotations.Nullable;

/// What an engine says of itself, in this look.
///
/// @param role the job that it does now; null when unknown
/// @param epoch its count of switches; null where the protocol has none
public record LiveRole(@Nullable Role role, @Nullable Long epoch, EnginePhase phase) {

    /// It could not be asked, or there is nothing to ask.
    public static final LiveRole UNKNOWN = new LiveRole(null, null, EnginePhase.UNTOLD);

    /// A role from an engine that counts no epochs.
    public static LiveRole of(Role role) {
        return new LiveRole(role, null, EnginePhase.UNTOLD);
    }

    /// Whether the engine says that it serves in this role, with nothing under way.
    public boolean settledIn(Role wanted) {
        return role == wanted && phase.settled();
    }
}
