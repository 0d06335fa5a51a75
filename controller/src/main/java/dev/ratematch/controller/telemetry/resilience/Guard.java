package dev.ratematch.controller.telemetry.resilience;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedRetryMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedTimeLimiterMetrics;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What stands between us and one source: a limit of time to each attempt, of attempts with jitter
/// between them, of calls at one time, and a breaker that leaves a failing source alone. All of it
/// is visible in the registry, as `resilience4j.*` with the source's name.
public final class Guard implements AutoCloseable {

    private final CircuitBreaker breaker;
    private final Bulkhead bulkhead;
    private final TimeLimiter limiter;
    private final Retry retry;
    private final ScheduledExecutorService timer;
    private final String name;
    private final MeterRegistry registry;
    private final boolean breaking;

    /// A guard of one source.
    ///
    /// @param name of the source, in metrics
    /// @param again whether a failure may pass, so that another attempt makes sense
    public Guard(String name, Limits limits, Predicate<Throwable> again, MeterRegistry registry) {
        this(name, limits, again, registry, true);
    }

    /// @param breaking whether it has a breaker of its own
    Guard(
            String name,
            Limits limits,
            Predicate<Throwable> again,
            MeterRegistry registry,
            boolean breaking) {
        var breakers = CircuitBreakerRegistry.of(breaker(limits));
        var bulkheads =
                BulkheadRegistry.of(
                        BulkheadConfig.custom().maxConcurrentCalls(limits.concurrent()).build());
        var limiters =
                TimeLimiterRegistry.of(
                        TimeLimiterConfig.custom().timeoutDuration(limits.timeout()).build());
        var retries =
                RetryRegistry.of(
                        RetryConfig.custom()
                                .maxAttempts(limits.attempts())
                                .intervalFunction(
                                        IntervalFunction.ofExponentialRandomBackoff(
                                                limits.retryAfter(), 2, 0.5))
                                .retryOnException(again)
                                .build());
        this.name = name;
        this.breaking = breaking;
        this.registry = registry;
        this.breaker = breakers.circuitBreaker(name);
        this.bulkhead = bulkheads.bulkhead(name);
        this.limiter = limiters.timeLimiter(name);
        this.retry = retries.retry(name);
        if (breaking) {
            TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(registry);
        }
        TaggedBulkheadMetrics.ofBulkheadRegistry(bulkheads).bindTo(registry);
        TaggedTimeLimiterMetrics.ofTimeLimiterRegistry(limiters).bindTo(registry);
        TaggedRetryMetrics.ofRetryRegistry(retries).bindTo(registry);
        this.timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("guard-" + name).factory());
    }

    static CircuitBreakerConfig breaker(Limits limits) {
        return CircuitBreakerConfig.custom()
                .failureRateThreshold((float) limits.failuresPercent())
                .slidingWindowSize(limits.calls())
                .minimumNumberOfCalls(limits.calls())
                .waitDurationInOpenState(limits.leaveAlone())
                .permittedNumberOfCallsInHalfOpenState(1)
                .build();
    }

    /// Makes a call, again where that makes sense.
    public <T> CompletionStage<T> call(Supplier<CompletionStage<T>> call) {
        var limited =
                limiter.decorateCompletionStage(
                        timer, Bulkhead.decorateCompletionStage(bulkhead, call));
        var broken = breaking ? CircuitBreaker.decorateCompletionStage(breaker, limited) : limited;
        return Retry.decorateCompletionStage(retry, timer, broken).get();
    }

    /// Stops, and takes its metrics along, so that a source that is configured anew is seen anew.
    @Override
    public void close() {
        timer.shutdownNow();
        for (var meter : registry.getMeters()) {
            if (meter.getId().getName().startsWith("resilience4j.")
                    && name.equals(meter.getId().getTag("name"))) {
                registry.remove(meter);
            }
        }
    }
}
