package dev.ratematch.costmodel.units;

/// Guards for record constructors. A message names the component, shows its value and says what
/// would be right. Every check is written positively, so that NaN is refused too.
public final class Check {

    private Check() {}

    /// Refuses anything but a finite `value >= minimum`.
    public static void finiteAtLeast(String name, double value, double minimum) {
        if (!(value >= minimum && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "%s (%s) must be finite and at least %s.".formatted(name, value, minimum));
        }
    }

    /// Refuses anything but a finite `value > 0`.
    public static void positive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "%s (%s) must be finite and greater than 0.".formatted(name, value));
        }
    }

    /// Refuses anything outside `[minimum, maximum]`.
    public static void within(String name, double value, double minimum, double maximum) {
        if (!(value >= minimum && value <= maximum)) {
            throw new IllegalArgumentException(
                    "%s (%s) must be between %s and %s.".formatted(name, value, minimum, maximum));
        }
    }

    /// Refuses an integer below `minimum`.
    public static void atLeast(String name, long value, long minimum) {
        if (value < minimum) {
            throw new IllegalArgumentException(
                    "%s (%d) must be at least %d.".formatted(name, value, minimum));
        }
    }
}
