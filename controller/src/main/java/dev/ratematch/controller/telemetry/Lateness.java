package dev.ratematch.controller.telemetry;

import java.util.Locale;

/// Samples that reach a store late: the window that ends now holds too few of them.
final class Lateness {

    private static final double MINUTE = 60;

    private Lateness() {}

    /// Whether the age of the newest sample is what keeps two of them out of the window.
    static boolean tells(double ageSeconds, double windowSeconds) {
        return Double.isFinite(ageSeconds) && ageSeconds > windowSeconds / 2;
    }

    /// What it is and what helps, for people.
    static String text(String whose, double ageSeconds, double windowSeconds) {
        return String.format(
                Locale.ROOT,
                "the newest sample of the %s pods is %.0f s old, and the window of %.0f s that ends"
                        + " now holds fewer than two; --window %.0fm holds them, or see why they"
                        + " are stored so late",
                whose,
                ageSeconds,
                windowSeconds,
                Math.ceil((ageSeconds + MINUTE) / MINUTE));
    }
}
