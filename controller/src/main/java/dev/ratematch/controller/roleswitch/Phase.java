package dev.ratematch.controller.roleswitch;

import java.util.Locale;

/// Where a switch stands. Each phase has a deadline.
public enum Phase {
    /// Serving in its old pool; its engine is asked whether it takes switches at all.
    ASKING,
    /// Taken out of its pool; finishes what it has.
    DRAINING,
    /// Idle; told to switch.
    SWITCHING,
    /// It says that it switched; its live role decides, and then it is put into the new pool.
    VERIFYING,
    /// On its way into the pool of the role that it really has.
    RESTORING,
    /// Cannot serve any more: its pod is deleted and replaced.
    CONDEMNED;

    /// The name used in JSON, metrics and messages.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether the instance may have been told to switch.
    boolean told() {
        return this == SWITCHING || this == VERIFYING;
    }
}
