package dev.ratematch.controller.advice;

import dev.ratematch.controller.observe.Reading;
import java.util.Locale;

/// Numbers and readings for people: always with a unit, and unknown never as a number.
public final class Shown {

    private static final double MILLIS = 1e3;

    private Shown() {}

    static String number(Reading reading, int digits, String unit) {
        return switch (reading) {
            case Reading.Value(double value, _) -> number(value, digits) + unit;
            case Reading.NoTraffic _ -> "none, as there were no requests";
            case Reading.Unknown(String why) -> "unknown (%s)".formatted(why);
            case Reading.Stale(double age) -> "stale (%s old)".formatted(seconds(age));
        };
    }

    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /// As few digits as it takes.
    static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    static String percent(Reading share) {
        return share instanceof Reading.Value(double value, double age)
                ? number(new Reading.Value(100 * value, age), 0, " %")
                : number(share, 0, "");
    }

    /// Milliseconds below a second, seconds from there on.
    public static String seconds(double seconds) {
        if (!Double.isFinite(seconds)) {
            return "without bound";
        }
        return seconds < 0.1
                ? number(MILLIS * seconds, 1) + " ms"
                : seconds < 1
                        ? number(MILLIS * seconds, 0) + " ms"
                        : number(seconds, seconds < 10 ? 2 : 0) + " s";
    }

    static String rate(double perSecond) {
        return perSecond >= 1e9 ? "any rate" : number(perSecond, 2) + " req/s";
    }
}
