package dev.ratematch.controller.telemetry.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TargetsGuardTest {

    private static final Limits LIMITS =
            new Limits(
                    Duration.ofSeconds(5),
                    2,
                    Duration.ofMillis(1),
                    10,
                    60,
                    2,
                    Duration.ofSeconds(30));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger calls = new AtomicInteger();

    private double leftAlone() {
        return registry.get("ratematch.sources.left.alone").tag("name", "pods").gauge().value();
    }

    private Throwable failure(TargetsGuard guard, String target, String message) {
        try {
            var _ =
                    guard.call(
                                    target,
                                    () -> {
                                        calls.incrementAndGet();
                                        return CompletableFuture.<String>failedFuture(
                                                new IllegalStateException(message));
                                    })
                            .toCompletableFuture()
                            .join();
            throw new AssertionError("it did not fail");
        } catch (CompletionException e) {
            return e;
        }
    }

    @Test
    void aSourceIsLeftAloneByItselfCountedAndForgottenWhenNobodyAsksForIt() {
        try (var guard = new TargetsGuard("pods", LIMITS, _ -> false, registry, nanos::get)) {
            assertThat(TargetsGuard.isLeftAlone(failure(guard, "a", "first"))).isFalse();
            assertThat(leftAlone()).isZero();
            assertThat(TargetsGuard.isLeftAlone(failure(guard, "a", "second"))).isFalse();
            assertThat(TargetsGuard.isLeftAlone(failure(guard, "a", "third"))).isTrue();

            assertThat(calls.get()).isEqualTo(2);
            assertThat(guard.lastFailure("a")).hasMessage("second");
            assertThat(guard.lastFailure("b")).isNull();
            assertThat(leftAlone()).isEqualTo(1);
            assertThat(TargetsGuard.isLeftAlone(failure(guard, "b", "other"))).isFalse();

            nanos.addAndGet(Duration.ofSeconds(151).toNanos());
            assertThat(leftAlone()).isZero();
            assertThat(guard.lastFailure("a")).isNull();
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void whatMayPassIsTriedAgain() {
        try (var guard = new TargetsGuard("pods", LIMITS, _ -> true, registry, nanos::get)) {
            var _ = failure(guard, "a", "refused");
            assertThat(calls.get()).isEqualTo(2);
        }
    }
}
