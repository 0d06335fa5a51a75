package dev.ratematch.sizing;

/// What was asked is right in itself, but no plan keeps the promise on those GPUs; the message says
/// by how much, and what could be kept.
public final class NoPlan extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    NoPlan(String message) {
        super(message);
    }
}
