package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.fleet.Grace;
import dev.ratematch.k8s.operator.SessionState.Foreign;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Why a session must not act: for as long as the spec and the pods are what they are (refusal), or
/// for now (interlock).
final class Guards {

    /// How long a foreign write is respected before its count is taken as the new start.
    static final Duration CONFLICT_HOLD = Duration.ofMinutes(5);

    /// Standard deviations from the mean to the 99th percentile of skewed lengths.
    private static final double P99_DEVIATIONS = 3;

    private Guards() {}

    /// Why mode Auto must not act.
    ///
    /// @param seen what was seen last; null before the first cycle
    static @Nullable Refusal refusal(SessionLook look, @Nullable Snapshot seen) {
        var budget = look.spec().budget();
        if (budget == null || budget.gpus() == null) {
            return new Refusal(
                    "BudgetMissing", "Mode Auto needs spec.budget.gpus, the GPUs of both pools.");
        }
        if (look.ungranted() != null) {
            return look.ungranted();
        }
        for (var role : Role.values()) {
            var refused = grace(role, look.of(role).side(), longest(role, seen));
            if (refused != null) {
                return refused;
            }
        }
        return null;
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

    /// What stands in the way for now; null for nothing.
    ///
    /// @param acts whether decisions would be carried out
    /// @param foreign counts that somebody else set and that are still respected
    static @Nullable Interlock interlock(
            SessionLook look, boolean acts, Map<Role, Foreign> foreign) {
        if (look.paused()) {
            return new Interlock(
                    Reason.PAUSED,
                    "Paused; remove the annotation %s to resume.".formatted(Api.PAUSED));
        }
        for (var role : Role.values()) {
            var pool = look.of(role);
            var target = pool.side().target();
            if (acts) {
                var other = conflict(pool, foreign.get(role));
                if (other != null) {
                    return other;
                }
            }
            if (target.rollingOut()) {
                return new Interlock(
                        Reason.ROLLOUT_IN_PROGRESS,
                        "%s is being rolled out.".formatted(target.title()));
            }
        }
        return null;
    }

    private static @Nullable Interlock conflict(SessionLook.Pool pool, @Nullable Foreign other) {
        String target = pool.side().target().title();
        if (pool.autoscaler() != null) {
            return new Interlock(
                    Reason.CONFLICT,
                    "HorizontalPodAutoscaler %s scales %s too: delete it, or use mode Recommend and"
                                    .formatted(pool.autoscaler(), target)
                            + " let it follow our metrics.");
        }
        return other == null
                ? null
                : new Interlock(
                        Reason.CONFLICT,
                        "%s set %s to %d replicas; left alone until %s."
                                .formatted(
                                        other.writer(),
                                        target,
                                        other.replicas(),
                                        other.at().plus(CONFLICT_HOLD)));
    }
}
