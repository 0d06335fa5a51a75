package dev.ratematch.harness.traffic;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;

/// A stretch of a trace as an option spells it: `0h-2h`, `30m-90m`, `0s-600s`.
///
/// @param fromNanos start, virtual nanoseconds
/// @param toNanos end, exclusive; greater than the start
public record Window(long fromNanos, long toNanos) {

    private static final Pattern SHAPE =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(h|m|s)-(\\d{1,9}(?:\\.\\d{1,9})?)(h|m|s)");

    public Window {
        if (fromNanos < 0 || toNanos <= fromNanos) {
            throw new IllegalArgumentException(
                    "window (%d ns to %d ns) must start at 0 or later and end after it starts."
                            .formatted(fromNanos, toNanos));
        }
    }

    /// Reads `FROM-TO`, each a number and `h`, `m` or `s`.
    public static Window parse(String text) {
        var match = SHAPE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!match.matches()) {
            throw new IllegalArgumentException(
                    "window \"%s\" must be FROM-TO with units, such as 0h-2h, 30m-90m or 0s-600s."
                            .formatted(text));
        }
        long from = nanos(match.group(1), match.group(2));
        long to = nanos(match.group(3), match.group(4));
        if (to <= from) {
            throw new IllegalArgumentException(
                    "window \"%s\" must end after it starts, such as 0h-2h.".formatted(text));
        }
        return new Window(from, to);
    }

    private static long nanos(String number, String unit) {
        long unitNanos =
                switch (unit) {
                    case "h" -> 3_600_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    default -> 1_000_000_000L;
                };
        return new BigDecimal(number)
                .multiply(BigDecimal.valueOf(unitNanos))
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%ss-%ss", seconds(fromNanos), seconds(toNanos));
    }

    private static String seconds(long nanos) {
        return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }
}
