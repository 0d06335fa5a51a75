package dev.ratematch.k8s.fleet;

import org.jspecify.annotations.Nullable;

/// A target that cannot be read or written, with a sentence for people.
public final class TargetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean raced;

    /// Without a deeper cause.
    public TargetException(String message) {
        super(message);
        this.raced = false;
    }

    /// With one.
    public TargetException(String message, Throwable cause) {
        this(message, cause, false);
    }

    private TargetException(String message, @Nullable Throwable cause, boolean raced) {
        super(message, cause);
        this.raced = raced;
    }

    /// Of a write that came too late: the count was no longer what it was decided on.
    public static TargetException raced(String target, int expected, @Nullable Throwable cause) {
        return new TargetException(
                "Lost the race for %s: it no longer has %d replicas, somebody else set them;"
                                .formatted(target, expected)
                        + " nothing was overwritten",
                cause,
                true);
    }

    /// Whether somebody else was quicker.
    public boolean raced() {
        return raced;
    }
}
