package dev.ratematch.k8s.operator;

/// A RateMatcher that cannot be worked with until somebody changes something.
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    RefusedException(String reason, String message) {
        super(message);
        this.refusal = new Refusal(reason, message);
    }

    Refusal refusal() {
        return refusal;
    }
}
