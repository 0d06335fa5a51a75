package dev.ratematch.controller.advice;

import dev.ratematch.controller.observe.Reading;
import java.util.Locale;
import java.util.function.DoubleFunction;

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

    /// What is known as it is shown, else a sentence about what is not.
    ///
    /// @param name of the quantity
    static String said(String name, Reading reading, DoubleFunction<String> known) {
        return switch (reading) {
            case Reading.Value(double value, _) -> known.apply(value);
            case Reading.NoTraffic _ -> "%s has no value without requests".formatted(name);
            case Reading.Unknown(String why) -> "%s is unknown (%s)".formatted(name, why);
            case Reading.Stale(double age) -> "%s is stale (%s old)".formatted(name, seconds(age));
        };
    }

    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /// As few digits as it takes.
    static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /// Milliseconds below a second, seconds from there on.
    public static String seconds(double seconds) {
        if (!Double.isFinite(seconds)) {
            return "unbounded";
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
