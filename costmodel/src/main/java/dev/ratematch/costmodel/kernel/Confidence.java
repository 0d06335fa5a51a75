package dev.ratematch.costmodel.kernel;

/// How far a figure can be trusted, the least first. Figures that are put together are as
/// trustworthy as the least of them.
public enum Confidence {
    /// Beyond what was measured, by the physics alone.
    EXTRAPOLATED,
    /// Measured, but on another engine, system or shape.
    TRANSFERRED,
    /// Within what was measured and fitted.
    FITTED;

    /// The less trustworthy of two.
    public Confidence and(Confidence other) {
        return compareTo(other) <= 0 ? this : other;
    }
}
