package dev.ratematch.sizing;

import java.util.Locale;

/// How numbers are shown to people, and rounded for machines.
public final class Numbers {

    private static final int DIGITS = 4;

    private Numbers() {}

    /// A number of GPUs with its noun.
    public static String gpus(int count) {
        return count + (count == 1 ? " GPU" : " GPUs");
    }

    /// Four significant digits without an exponent, thousands not grouped.
    static String shown(double value) {
        if (value == 0) {
            return "0";
        }
        int before = (int) Math.floor(StrictMath.log10(Math.abs(value))) + 1;
        return String.format(Locale.ROOT, "%." + Math.clamp(DIGITS - before, 0, 9) + "f", value);
    }

    /// A count, without decimals when it has none.
    static String plain(double value) {
        return value == Math.rint(value) ? fixed(value, 0) : shown(value);
    }

    /// `value` with so many decimals.
    static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /// Six significant digits: more would be noise in a file.
    static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.6g", value));
    }
}
