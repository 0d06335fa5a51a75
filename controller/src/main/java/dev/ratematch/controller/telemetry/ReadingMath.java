package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.Reading;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/// Arithmetic on readings. What is not known stays so, with its reason.
final class ReadingMath {

    private ReadingMath() {}

    static Reading ratio(Reading part, Reading whole) {
        if (part.known() && whole.known() && whole.orElse(0) <= 0) {
            return new Reading.NoTraffic();
        }
        return combine(part, whole, (a, b) -> a / b);
    }

    static Reading map(Reading reading, DoubleUnaryOperator by) {
        return reading instanceof Reading.Value(double value, double age)
                ? checked(by.applyAsDouble(value), age)
                : reading;
    }

    /// Both must be known; else the first that is not tells why.
    static Reading combine(Reading a, Reading b, DoubleBinaryOperator by) {
        if (a instanceof Reading.Value(double x, double ageX)) {
            return b instanceof Reading.Value(double y, double ageY)
                    ? checked(by.applyAsDouble(x, y), Math.max(ageX, ageY))
                    : b;
        }
        return a;
    }

    /// The first part, and the second as far as it is known.
    static Reading sumOf(Reading main, Reading more) {
        return map(main, value -> value + more.orElse(0));
    }

    /// What cannot be negative, and is not known where it is.
    static Reading natural(Reading reading) {
        return reading instanceof Reading.Value(double value, _) && value < 0
                ? new Reading.Unknown("what is exposed comes to less than nothing")
                : reading;
    }

    /// The first that is known, else the last.
    static Reading first(Reading... readings) {
        for (var reading : readings) {
            if (reading.known()) {
                return reading;
            }
        }
        return readings[readings.length - 1];
    }

    private static Reading checked(double value, double ageSeconds) {
        return Numbers.measurable(value)
                ? new Reading.Value(value, ageSeconds)
                : new Reading.Unknown("the value is no number");
    }
}
