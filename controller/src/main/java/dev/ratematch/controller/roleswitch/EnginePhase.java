package dev.ratematch.controller.roleswitch;

/// Where an engine stands with a switch, by its own word.
public enum EnginePhase {
    /// Serving in its role.
    READY,
    /// On its way to another role, draining included.
    SWITCHING,
    /// On its way back to the role that it had.
    ROLLING_BACK,
    /// A switch failed and the engine cannot help itself.
    FAILED,
    /// The protocol has no such word, or the engine was not asked.
    UNTOLD;

    /// Whether nothing is said to be under way.
    public boolean settled() {
        return this == READY || this == UNTOLD;
    }
}
