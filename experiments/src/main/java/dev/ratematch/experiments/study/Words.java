package dev.ratematch.experiments.study;

import java.util.Locale;

/// Figures as people read them.
final class Words {

    private Words() {}

    /// By a format, in the same digits everywhere.
    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in no library that we use
    static String say(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /// Tokens, in K from 1024 on where that is even.
    static String tokens(double tokens) {
        return tokens >= 1024 && tokens % 1024 == 0
                ? say("%.0fK", tokens / 1024)
                : say("%.0f", tokens);
    }

    /// A ratio with the digits that it needs.
    static String ratio(double ratio) {
        return say(ratio >= 9.95 ? "%.0f" : ratio >= 0.1 ? "%.2f" : "%.3f", ratio);
    }

    /// Milliseconds, or seconds from ten on.
    static String time(double seconds) {
        return seconds < 10 ? say("%.0f ms", 1000 * seconds) : say("%.0f s", seconds);
    }

    /// With a capital at its start and a full stop at its end.
    static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
