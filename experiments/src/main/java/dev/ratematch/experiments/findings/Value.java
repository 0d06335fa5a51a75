package dev.ratematch.experiments.findings;

/// A cell of a table.
public sealed interface Value {

    /// A figure in its column's unit.
    record Figure(double value) implements Value {}

    /// Words.
    record Words(String text) implements Value {}

    /// Nothing to say here, such as the rate of a fleet that cannot be built.
    record None() implements Value {}

    /// A figure; what is not finite is nothing to say.
    static Value of(double value) {
        return Double.isFinite(value) ? new Figure(value) : new None();
    }

    /// Words.
    static Value of(String text) {
        return new Words(text);
    }

    /// Nothing to say.
    static Value none() {
        return new None();
    }
}
