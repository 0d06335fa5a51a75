package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Assessment;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Forecast;
import dev.ratematch.controller.core.PastSaving;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.PastSavingStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.PoolForecast;
import dev.ratematch.k8s.api.RateMatcherStatus.Pools;
import org.jspecify.annotations.Nullable;

/// The part of a status that the decision's own model stands behind. Rendered, not worked out.
record Assessed(
        @Nullable String limitingRole,
        @Nullable String binding,
        @Nullable Double unservedPercent,
        @Nullable Double lossToOptimumPercent,
        @Nullable Pools pools,
        @Nullable PastSavingStatus pastSaving) {

    private static final double PERCENT = 100;
    private static final Assessed NOTHING = new Assessed(null, null, null, null, null, null);

    /// Of a cycle. While a move is open a look may bring no new window; what was said last stands.
    static Assessed of(Cycle cycle, @Nullable RateMatcherStatus before) {
        var found = cycle.explanation().assessment();
        if (found != null) {
            return of(cycle, found);
        }
        return before != null && Conditions.moving(cycle)
                ? new Assessed(
                        before.limitingRole(),
                        before.binding(),
                        before.unservedPercent(),
                        before.lossToOptimumPercent(),
                        before.pools(),
                        before.pastSaving())
                : NOTHING;
    }

    private static Assessed of(Cycle cycle, Assessment found) {
        var why = cycle.explanation();
        var now = found.now();
        var role = role(now.binding());
        return new Assessed(
                role == null ? null : role.label(),
                words(why.plan() == null ? now.binding() : why.limiting()),
                StatusText.rounded(PERCENT * (1 - now.servedShare()), 1),
                StatusText.rounded(PERCENT * now.lossShare(), 1),
                new Pools(
                        pool(now, Role.PREFILL),
                        pool(now, Role.DECODE),
                        finite(now.transferRequestsPerSecond(), 2)),
                late(found.pastSaving(), cycle.spec().slo().ttftSeconds()));
    }

    private static @Nullable PastSavingStatus late(@Nullable PastSaving found, double ttftSeconds) {
        return found == null
                ? null
                : new PastSavingStatus(
                        finite(found.waitingRequests(), 0),
                        finite(found.requests(), 0),
                        finite(PERCENT * found.share(), 1),
                        finite(found.backSeconds(), 0),
                        finite(found.backWithDeadlineSeconds(), 0),
                        found.text(ttftSeconds));
    }

    private static PoolForecast pool(Forecast now, Role role) {
        var pool = now.of(role);
        boolean prefill = role == Role.PREFILL;
        return new PoolForecast(
                finite(pool.requestsPerSecond(), 2),
                finite(pool.askedRequestsPerSecond(), 2),
                finite(pool.batch(), 1),
                prefill ? finite(StatusText.MILLIS * now.ttftSeconds(), 0) : null,
                prefill ? null : finite(StatusText.MILLIS * now.itlSeconds(), 1),
                finite(prefill ? now.prefillWorth() : now.decodeWorth(), 2));
    }

    /// What nothing bounds, or nothing keeps from growing, has no number.
    private static @Nullable Double finite(double value, int digits) {
        return value < Double.MAX_VALUE ? Double.valueOf(StatusText.rounded(value, digits)) : null;
    }

    private static @Nullable Role role(Plan.Limit limit) {
        return switch (limit) {
            case PREFILL -> Role.PREFILL;
            case DECODE, KV -> Role.DECODE;
            case TRANSFER, BUDGET, NONE -> null;
        };
    }

    /// What binds, in plain words.
    static String words(Plan.Limit limit) {
        return switch (limit) {
            case PREFILL -> "prefill compute";
            case DECODE -> "decode compute";
            case KV -> "kv";
            case TRANSFER -> "transfer";
            case BUDGET -> "budget";
            case NONE -> "none";
        };
    }
}
