package dev.ratematch.k8s.operator;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Durations as the API writes them: `800ms`, `2s`, `10m`, `1h`.
final class Durations {

    private static final Pattern PATTERN = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");

    private Durations() {}

    /// The duration, or `fallback` where none is given.
    ///
    /// @throws RefusedException when the text is none; the schema refuses it too, but objects may
    ///   be older than the schema
    static Duration parse(String field, @Nullable String text, Duration fallback) {
        if (text == null || text.isBlank()) {
            return fallback;
        }
        var found = PATTERN.matcher(text);
        double number = found.matches() ? Double.parseDouble(found.group(1)) : 0;
        if (number <= 0) {
            throw new RefusedException(
                    "SpecInvalid",
                    "%s (%s) must be a duration above 0, such as 2s or 800ms."
                            .formatted(field, text));
        }
        double seconds =
                switch (found.group(2)) {
                    case "ms" -> number / 1000;
                    case "s" -> number;
                    case "m" -> 60 * number;
                    default -> 3600 * number;
                };
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    /// A required one.
    static double seconds(String field, @Nullable String text) {
        if (text == null) {
            throw new RefusedException("SpecInvalid", field + " is missing, such as 2s.");
        }
        return parse(field, text, Duration.ZERO).toNanos() / 1e9;
    }

    /// Seconds, or nothing where nothing is given.
    static @Nullable Double secondsOrNull(String field, @Nullable String text) {
        return text == null ? null : Double.valueOf(seconds(field, text));
    }
}
