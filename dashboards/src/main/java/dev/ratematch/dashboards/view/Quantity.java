package dev.ratematch.dashboards.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ratematch.controller.observe.Reading;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// A reading, with the reason where there is no number: unknown is never zero.
///
/// @param value in the unit of its name; null where it is not known
/// @param why one clause for people; null where the value is known
/// @param ageSeconds of the value, or of the last one that there was; null where that is unknown
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Quantity(@Nullable Double value, @Nullable String why, @Nullable Double ageSeconds) {

    /// A reading in another unit.
    static Quantity of(Reading reading, DoubleUnaryOperator unit) {
        return switch (reading) {
            case Reading.Value(double value, double age) ->
                    new Quantity(unit.applyAsDouble(value), null, age > 0 ? age : null);
            case Reading.NoTraffic _ ->
                    new Quantity(null, "there were no requests in the window", null);
            case Reading.Unknown(String why) -> new Quantity(null, why, null);
            case Reading.Stale(double age) -> new Quantity(null, "the last value is too old", age);
        };
    }

    /// A reading as it is.
    static Quantity of(Reading reading) {
        return of(reading, value -> value);
    }

    /// A count of a window as a rate, known where both are.
    static Quantity rate(Reading count, Reading windowSeconds) {
        if (count.known() && windowSeconds instanceof Reading.Value(double seconds, _)) {
            return of(count, value -> value / seconds);
        }
        return of(count.known() ? windowSeconds : count, value -> value);
    }
}
