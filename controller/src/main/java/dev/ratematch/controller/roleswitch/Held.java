package dev.ratematch.controller.roleswitch;

/// Why a wanted switch does not begin in this look.
public enum Held {
    AT_ONCE("as many are away as may be at one time"),
    MINIMUM_READY("the pool that would give one has no more ready than its minimum"),
    LEFT_ALONE("every instance that could switch refused and is left alone for a while"),
    LIVE_ROLE_UNKNOWN("no engine that could switch tells its role"),
    LOAD_UNKNOWN("the load of no instance that could switch is known, so none can be drained");

    private final String text;

    Held(String text) {
        this.text = text;
    }

    /// The reason as half a sentence.
    public String text() {
        return text;
    }
}
