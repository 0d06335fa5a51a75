package dev.ratematch.controller.telemetry.resilience;

import dev.ratematch.costmodel.units.Check;
import java.time.Duration;

/// How far a source is trusted.
///
/// @param timeout of one attempt
/// @param attempts in a row, the first included
/// @param retryAfter mean wait before the second attempt; doubled each time, half of it random
/// @param concurrent calls at one time; one more is refused
/// @param failuresPercent of the last calls from which on the source is left alone
/// @param calls that this share is taken of
/// @param leaveAlone how long, before one call tries again
public record Limits(
        Duration timeout,
        int attempts,
        Duration retryAfter,
        int concurrent,
        double failuresPercent,
        int calls,
        Duration leaveAlone) {

    /// What suits a source that is asked every few seconds.
    public static final Limits DEFAULT =
            new Limits(
                    Duration.ofSeconds(5),
                    3,
                    Duration.ofMillis(200),
                    8,
                    60,
                    10,
                    Duration.ofSeconds(15));

    /// What suits pods that are scraped every few seconds, all at one time. One that fails for a
    /// minute or so is left alone; whoever is late is late next time too, so only one that cannot
    /// be reached is tried again at once.
    public static final Limits PODS =
            new Limits(
                    Duration.ofSeconds(5),
                    2,
                    Duration.ofMillis(100),
                    1000,
                    60,
                    5,
                    Duration.ofSeconds(30));

    public Limits {
        aMillisecond("timeout", timeout);
        Check.atLeast("attempts", attempts, 1);
        aMillisecond("retryAfter", retryAfter);
        Check.atLeast("concurrent", concurrent, 1);
        Check.within("failuresPercent", failuresPercent, 1, 100);
        Check.atLeast("calls", calls, 1);
        aMillisecond("leaveAlone", leaveAlone);
    }

    private static void aMillisecond(String name, Duration length) {
        if (length.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "%s (%s) must be at least 1 ms.".formatted(name, length));
        }
    }

    /// The same with another timeout of one attempt.
    public Limits timeout(Duration other) {
        return new Limits(
                other, attempts, retryAfter, concurrent, failuresPercent, calls, leaveAlone);
    }
}
