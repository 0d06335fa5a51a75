package dev.ratematch.controller.ledger;

import java.util.OptionalDouble;

/// A promised and a measured quantity over the same windows. What was promised is weighted by what
/// came, what was measured by what it was measured of: requests that finish in a window came before
/// it, where they wait.
///
/// @param promisedWeight zero where there was nothing to compare
public record Compared(
        double promisedSum, double promisedWeight, double measuredSum, double measuredWeight) {

    /// Nothing to compare.
    public static final Compared NONE = new Compared(0, 0, 0, 0);

    Compared plus(double promised, double came, double measured, double of) {
        return new Compared(
                promisedSum + promised * came,
                promisedWeight + came,
                measuredSum + measured * of,
                measuredWeight + of);
    }

    /// Mean of what was promised.
    public OptionalDouble promised() {
        return mean(promisedSum, promisedWeight);
    }

    /// Mean of what was measured.
    public OptionalDouble measured() {
        return mean(measuredSum, measuredWeight);
    }

    /// Measured over promised, less 1: above zero where more came than was promised.
    public OptionalDouble error() {
        double promised = promised().orElse(0);
        return promised > 0 && measuredWeight > 0
                ? OptionalDouble.of(measured().orElseThrow() / promised - 1)
                : OptionalDouble.empty();
    }

    private static OptionalDouble mean(double sum, double weight) {
        return weight > 0 ? OptionalDouble.of(sum / weight) : OptionalDouble.empty();
    }
}
