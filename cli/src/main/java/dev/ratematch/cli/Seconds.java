package dev.ratematch.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A length of time with its unit: `30ms`, `2s`, `1.5m`, `2h`.
public record Seconds(double value) {

    /// In milliseconds; nothing of nothing.
    static @Nullable Double millis(@Nullable Seconds given) {
        return given == null ? null : (Double) (1e3 * given.value());
    }

    /// Reads one from the command line.
    public static final class Converter implements ITypeConverter<Seconds> {

        @Override
        public Seconds convert(String text) {
            String lower = text.trim().toLowerCase(Locale.ROOT);
            double factor =
                    lower.endsWith("ms")
                            ? 1e-3
                            : lower.endsWith("s")
                                    ? 1
                                    : lower.endsWith("m") ? 60 : lower.endsWith("h") ? 3600 : 0;
            String number = lower.replaceAll("[a-z]+$", "");
            try {
                double value = Double.parseDouble(number) * factor;
                if (value > 0 && value < Double.POSITIVE_INFINITY) {
                    return new Seconds(value);
                }
            } catch (NumberFormatException e) {
                // Answered below, like every other text that is no length of time.
            }
            throw new TypeConversionException(
                    "'%s' is not a duration; give a number with its unit, such as 30ms, 2s or"
                                    .formatted(text)
                            + " 5m.");
        }
    }
}
