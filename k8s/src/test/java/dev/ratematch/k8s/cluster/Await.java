package dev.ratematch.k8s.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for what other processes do, which nobody tells us of. A wait ends as soon as its
/// condition holds, so its limit costs time only in a test that fails; none is below [#PATIENCE].
public final class Await {

    /// After an API server was gone, the scheduler and the controllers ask for a watch again only
    /// every 30 s, with as much jitter again (client-go's reflector), and they list before that.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private Await() {}

    /// Waits until a condition holds. An exception of the condition counts as "not yet".
    public static void until(Duration limit, String what, Callable<Boolean> condition) {
        until(limit, what, condition, () -> "");
    }

    /// As above, with details for the message of a failure.
    public static void until(
            Duration limit, String what, Callable<Boolean> condition, Supplier<String> details) {
        var _ =
                value(
                        limit,
                        what,
                        () ->
                                Boolean.TRUE.equals(condition.call())
                                        ? Optional.of(true)
                                        : Optional.empty(),
                        details);
    }

    /// Waits for a value.
    public static <T> T value(Duration limit, String what, Callable<Optional<T>> source) {
        return value(limit, what, source, () -> "");
    }

    private static <T> T value(
            Duration atLeast, String what, Callable<Optional<T>> source, Supplier<String> details) {
        var limit = atLeast.compareTo(PATIENCE) < 0 ? PATIENCE : atLeast;
        long end = System.nanoTime() + limit.toNanos();
        Exception last = null;
        do {
            try {
                var value = source.call();
                if (value.isPresent()) {
                    return value.get();
                }
                last = null;
            } catch (Exception e) {
                last = e;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while waiting");
            }
        } while (System.nanoTime() < end);
        throw new AssertionError(
                "Not within %d ms: %s. %s".formatted(limit.toMillis(), what, details.get()), last);
    }

    /// Sees a condition hold all the time.
    public static void holds(Duration time, String what, BooleanSupplier condition) {
        for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end; ) {
            if (!condition.getAsBoolean()) {
                throw new AssertionError("Not for %d ms: %s.".formatted(time.toMillis(), what));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
