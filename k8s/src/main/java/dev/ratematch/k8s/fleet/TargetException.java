package dev.ratematch.k8s.fleet;

/// A target that cannot be read or written, with a sentence for people.
public final class TargetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// Without a deeper cause.
    public TargetException(String message) {
        super(message);
    }

    /// With one.
    public TargetException(String message, Throwable cause) {
        super(message, cause);
    }
}
