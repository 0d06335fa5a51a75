package dev.ratematch.controller.observe;

import dev.ratematch.costmodel.units.Check;
import java.util.OptionalDouble;

/// One observed quantity. Unknown is not zero: only a `Value` carries a number, and no number may
/// be NaN or infinite.
public sealed interface Reading {

    /// A fresh, finite measurement.
    ///
    /// @param ageSeconds how old the measurement is, seconds
    record Value(double value, double ageSeconds) implements Reading {
        public Value {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "A reading (%s) must be finite; use Unknown.".formatted(value));
            }
            Check.finiteAtLeast("ageSeconds", ageSeconds, 0);
        }
    }

    /// Nothing happened in the window, so that the quantity (a mean, say) has no value.
    record NoTraffic() implements Reading {}

    /// The quantity could not be read.
    ///
    /// @param why what was missing or wrong, for people
    record Unknown(String why) implements Reading {}

    /// The last value is too old to act on.
    record Stale(double ageSeconds) implements Reading {}

    /// A measurement of age zero.
    static Reading of(double value) {
        return new Value(value, 0);
    }

    /// The number, if there is one.
    default OptionalDouble measured() {
        return this instanceof Value(double value, _)
                ? OptionalDouble.of(value)
                : OptionalDouble.empty();
    }

    /// The number, or `fallback` where there is none.
    default double orElse(double fallback) {
        return this instanceof Value(double value, _) ? value : fallback;
    }

    /// How old a value may get, seconds: two windows, so that one failed look is no reason to hold,
    /// and half a minute at least. No measurement yet.
    ///
    /// @param windowSeconds that one look covers
    static double staleSeconds(double windowSeconds) {
        return Math.max(30, 2 * windowSeconds);
    }

    /// The same some time later, when nothing has been read since.
    ///
    /// @param staleSeconds after the read from which on a value is not acted on any more
    default Reading later(double seconds, double staleSeconds) {
        return switch (this) {
            case Value(double value, double age) ->
                    seconds < staleSeconds
                            ? new Value(value, age + seconds)
                            : new Stale(age + seconds);
            case Stale(double age) -> new Stale(age + seconds);
            case NoTraffic _, Unknown _ -> this;
        };
    }

    /// Whether a number was measured.
    default boolean known() {
        return this instanceof Value;
    }
}
