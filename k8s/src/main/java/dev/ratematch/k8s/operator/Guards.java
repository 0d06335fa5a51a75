package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.fleet.Grace;
import dev.ratematch.k8s.fleet.TargetClient;
import dev.ratematch.k8s.fleet.TargetView;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Why a session must not act: for as long as the spec and the pods are what they are (refusal), or
/// for now (interlock).
final class Guards {

    /// How long a foreign write is respected before its count is taken as the new start.
    private static final Duration CONFLICT_HOLD = Duration.ofMinutes(5);

    /// Standard deviations from the mean to the 99th percentile of skewed lengths.
    private static final double P99_DEVIATIONS = 3;

    private final World world;
    private final Map<Role, Foreign> foreign = new EnumMap<>(Role.class);
    private final Map<Role, Integer> lastReplicas = new EnumMap<>(Role.class);

    private record Foreign(String writer, int replicas, Instant at) {}

    Guards(World world) {
        this.world = world;
    }

    /// A count that changed and that we did not write.
    void notice(Role role, TargetView target, int seen, Instant now) {
        var last = lastReplicas.get(role);
        if (last != null && last != seen) {
            target.foreignWriter()
                    .ifPresent(writer -> foreign.put(role, new Foreign(writer, seen, now)));
        }
        lastReplicas.put(role, seen);
    }

    /// What we wrote in this run is not foreign in the next.
    void remember(Role role, int replicas) {
        lastReplicas.put(role, replicas);
    }

    /// Why mode Auto must not act.
    ///
    /// @param seen what was seen last; null before the first cycle
    @Nullable Refusal refusal(
            RateMatcher matcher,
            RateMatcherSpec spec,
            Side prefill,
            Side decode,
            @Nullable Snapshot seen) {
        var budget = spec.budget();
        if (budget == null || budget.gpus() == null) {
            return new Refusal(
                    "BudgetMissing", "Mode Auto needs spec.budget.gpus, the GPUs of both pools.");
        }
        var share = share(matcher, budget.poolRef());
        if (share != null) {
            return share;
        }
        for (var role : Role.values()) {
            var side = role == Role.PREFILL ? prefill : decode;
            var refused = grace(role, side, longest(role, seen));
            if (refused != null) {
                return refused;
            }
        }
        return null;
    }

    private @Nullable Refusal share(RateMatcher matcher, @Nullable String poolRef) {
        if (poolRef == null) {
            return null;
        }
        if (!world.readsPools()) {
            return new Refusal(
                    "PoolUnreadable",
                    "budget.poolRef (%s) names a GpuPool, which a namespaced installation cannot"
                                    .formatted(poolRef)
                            + " read; leave it out or install cluster-wide.");
        }
        var pool = world.pool(poolRef);
        if (pool.isEmpty()) {
            return new Refusal(
                    "PoolMissing", "budget.poolRef (%s) names no GpuPool.".formatted(poolRef));
        }
        return Shares.refusal(poolRef, pool.get().getSpec().gpus(), world.matchers(), matcher);
    }

    private static @Nullable Refusal grace(Role role, Side side, OptionalDouble longest) {
        var template = side.target().podTemplate();
        if (template.isEmpty()) {
            return null; // the owner of such a kind decides how its pods end
        }
        var drain = side.spec().drain();
        var given =
                Durations.secondsOrNull(
                        "drain.engineShutdownTimeout",
                        drain == null ? null : drain.engineShutdownTimeout());
        return Grace.refusal(role.label(), template.get().getSpec(), given, longest)
                .map(text -> new Refusal("GracePeriodTooShort", text))
                .orElse(null);
    }

    /// The longest that a running request keeps a pod busy: on decode p99 of OSL times ITL; a
    /// prefill pod is done after one iteration and the reading of its KV.
    private static OptionalDouble longest(Role role, @Nullable Snapshot seen) {
        if (role == Role.PREFILL || seen == null) {
            return OptionalDouble.empty();
        }
        var traffic = seen.traffic();
        if (!traffic.outputTokensMean().known() || !traffic.itlMeanSeconds().known()) {
            return OptionalDouble.empty();
        }
        double deviation = Math.sqrt(Math.max(0, traffic.outputTokensCv2().orElse(1)));
        return OptionalDouble.of(
                traffic.outputTokensMean().orElse(0)
                        * (1 + P99_DEVIATIONS * deviation)
                        * traffic.itlMeanSeconds().orElse(0));
    }

    /// Whether its owner asked to leave the fleet alone.
    static boolean paused(RateMatcher matcher) {
        var annotations = matcher.getMetadata().getAnnotations();
        return annotations != null && "true".equals(annotations.get(Api.PAUSED));
    }

    /// What stands in the way for now; null for nothing.
    @Nullable Interlock interlock(
            RateMatcher matcher, boolean acts, Side prefill, Side decode, Instant now) {
        if (paused(matcher)) {
            return new Interlock(
                    Reason.PAUSED,
                    "Paused: take the annotation %s off to go on.".formatted(Api.PAUSED));
        }
        String namespace = matcher.getMetadata().getNamespace();
        for (var role : Role.values()) {
            var side = role == Role.PREFILL ? prefill : decode;
            if (acts) {
                var other = conflict(namespace, role, side, now);
                if (other != null) {
                    return other;
                }
            }
            if (side.target().rollingOut()) {
                return new Interlock(
                        Reason.ROLLOUT_IN_PROGRESS,
                        "%s is being rolled out.".formatted(side.target().title()));
            }
        }
        return null;
    }

    private @Nullable Interlock conflict(String namespace, Role role, Side side, Instant now) {
        var hpa = world.autoscaler(TargetClient.key(namespace, side.spec().scaleTargetRef()));
        if (hpa.isPresent()) {
            return new Interlock(
                    Reason.CONFLICT,
                    "HorizontalPodAutoscaler %s scales %s too: delete it, or use mode Recommend and"
                                    .formatted(hpa.get(), side.target().title())
                            + " let it follow our metrics.");
        }
        var other = foreign.get(role);
        if (other != null && now.isBefore(other.at().plus(CONFLICT_HOLD))) {
            return new Interlock(
                    Reason.CONFLICT,
                    "%s set %s to %d replicas; left alone until %s."
                            .formatted(
                                    other.writer(),
                                    side.target().title(),
                                    other.replicas(),
                                    other.at().plus(CONFLICT_HOLD)));
        }
        foreign.remove(role);
        return null;
    }
}
