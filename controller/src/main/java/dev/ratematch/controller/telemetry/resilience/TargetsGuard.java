package dev.ratematch.controller.telemetry.resilience;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What stands between us and many small sources of one kind, such as the pods of a fleet: the
/// limits of a [Guard] over all of them, and a breaker for each, so that one that is down is left
/// alone and costs the others nothing.
///
/// Pods come and go, so the registry sees how many are left alone and not which:
/// `ratematch.sources.left.alone`, beside the `resilience4j.*` of the whole.
public final class TargetsGuard implements AutoCloseable {

    private static final String LEFT_ALONE = "ratematch.sources.left.alone";

    /// Times that a source is left alone for, after which it is not ours any more.
    private static final long UNUSED = 5;

    private static final int TARGETS_MANY = 1000;

    private final Guard whole;
    private final Limits limits;
    private final MeterRegistry registry;
    private final Gauge leftAlone;
    private final LongSupplier nanos;
    private final Map<String, Watched> targets = new ConcurrentHashMap<>();

    /// One source.
    private static final class Watched {
        final CircuitBreaker breaker;
        volatile long usedNanos;
        volatile @Nullable Throwable lastFailure;

        Watched(CircuitBreaker breaker) {
            this.breaker = breaker;
        }

        boolean leftAlone() {
            return breaker.getState() == State.OPEN;
        }
    }

    /// A guard of sources of one kind.
    ///
    /// @param name of the kind, in metrics
    /// @param again whether a failure may pass, so that another attempt makes sense
    public TargetsGuard(
            String name, Limits limits, Predicate<Throwable> again, MeterRegistry registry) {
        this(name, limits, again, registry, System::nanoTime);
    }

    /// @param nanos a clock that only goes on
    TargetsGuard(
            String name,
            Limits limits,
            Predicate<Throwable> again,
            MeterRegistry registry,
            LongSupplier nanos) {
        this.limits = limits;
        this.registry = registry;
        this.nanos = nanos;
        this.whole = new Guard(name, limits, again, registry, false);
        this.leftAlone =
                Gauge.builder(LEFT_ALONE, this, TargetsGuard::countLeftAlone)
                        .description(
                                "Sources that failed too often and are not queried for a while")
                        .baseUnit("sources")
                        .tag("name", name)
                        .register(registry);
    }

    private double countLeftAlone() {
        forget();
        return targets.values().stream().filter(Watched::leftAlone).count();
    }

    /// Nobody says when a pod has gone for good; nobody asks for it any more.
    private void forget() {
        long since = nanos.getAsLong() - UNUSED * limits.leaveAlone().toNanos();
        targets.values().removeIf(one -> one.usedNanos - since < 0);
    }

    /// Makes a call to a source, again where that makes sense. A failure is kept for
    /// [#lastFailure(String)].
    public <T> CompletionStage<T> call(String target, Supplier<CompletionStage<T>> call) {
        if (targets.size() >= TARGETS_MANY) {
            forget();
        }
        var one =
                targets.computeIfAbsent(
                        target,
                        name -> new Watched(CircuitBreaker.of(name, Guard.breaker(limits))));
        one.usedNanos = nanos.getAsLong();
        return whole.call(CircuitBreaker.decorateCompletionStage(one.breaker, call))
                .whenComplete(
                        (_, failure) -> {
                            if (failure != null && !isLeftAlone(failure)) {
                                one.lastFailure = cause(failure);
                            }
                        });
    }

    /// Whether a call was not made because its source is left alone.
    public static boolean isLeftAlone(Throwable failure) {
        return cause(failure) instanceof CallNotPermittedException;
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    /// How the last call that was made to a source failed; null when none did.
    public @Nullable Throwable lastFailure(String target) {
        var one = targets.get(target);
        return one == null ? null : one.lastFailure;
    }

    @Override
    public void close() {
        whole.close();
        registry.remove(leftAlone);
    }
}
