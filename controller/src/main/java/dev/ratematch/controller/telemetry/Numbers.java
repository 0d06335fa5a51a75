package dev.ratematch.controller.telemetry;

/// Reads the numbers of metrics text. Short decimals, which is nearly all of them, are exact in one
/// multiplication or division; the rest goes through the library.
final class Numbers {

    private static final double[] TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };
    private static final int EXACT_DIGITS = 15;

    /// Beyond this nothing is measured; its squares and products would overflow.
    private static final double MEASURED_MAX = 1e18;

    private Numbers() {}

    /// Whether a number can be a measurement at all, of whatever.
    static boolean measurable(double value) {
        return Math.abs(value) <= MEASURED_MAX;
    }

    /// The number in `[from, to)`.
    ///
    /// @throws NumberFormatException when it is none
    static double parse(String text, int from, int to) {
        int i = from;
        boolean negative = false;
        if (i < to && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
            negative = text.charAt(i) == '-';
            i++;
        }
        long mantissa = 0;
        int digits = 0;
        int fraction = 0;
        boolean point = false;
        for (; i < to; i++) {
            int c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                mantissa = mantissa * 10 + (c - '0');
                digits += mantissa == 0 ? 0 : 1;
                fraction += point ? 1 : 0;
                if (digits > EXACT_DIGITS) {
                    return slow(text, from, to);
                }
            } else if (c == '.' && !point) {
                point = true;
            } else {
                return slow(text, from, to);
            }
        }
        boolean anyDigit = to - from - (point ? 1 : 0) - (signed(text, from, to) ? 1 : 0) > 0;
        if (!anyDigit || fraction >= TEN.length) {
            return slow(text, from, to);
        }
        double magnitude = fraction == 0 ? (double) mantissa : mantissa / TEN[fraction];
        return negative ? -magnitude : magnitude;
    }

    private static boolean signed(String text, int from, int to) {
        return from < to && (text.charAt(from) == '-' || text.charAt(from) == '+');
    }

    private static double slow(String text, int from, int to) {
        int start = signed(text, from, to) ? from + 1 : from;
        int length = to - start;
        if (word(text, start, length, "nan")) {
            return Double.NaN;
        }
        if (word(text, start, length, "inf") || word(text, start, length, "infinity")) {
            return text.charAt(from) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            // The library takes more than the format does: 1d, 0x1p3.
            if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
                throw new NumberFormatException(text.substring(from, to));
            }
        }
        return Double.parseDouble(text.substring(from, to));
    }

    private static boolean word(String text, int start, int length, String word) {
        return length == word.length() && text.regionMatches(true, start, word, 0, length);
    }
}
