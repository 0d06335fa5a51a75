package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Explanation;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.guard.Freshness;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcherStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One cycle as conditions. Pure.
final class Conditions {

    static final String TELEMETRY_FRESH = "TelemetryFresh";
    static final String MODEL_CALIBRATED = "ModelCalibrated";
    static final String SLO_REACHABLE = "SloReachable";
    static final String SCALING_ACTIVE = "ScalingActive";
    static final String SCALING_LIMITED = "ScalingLimited";
    static final String CONFLICT = "Conflict";

    /// The reason of a condition that stands since before the open move.
    private static final String MOVING = "MoveInProgress";

    private Conditions() {}

    /// The six of them, in the order in which `kubectl describe` is read.
    static List<Condition> of(Report report, @Nullable RateMatcherStatus before) {
        var cycle = report.cycle();
        var why = cycle.explanation();
        return List.of(
                telemetry(cycle, before),
                calibrated(why, before),
                reachable(cycle, before),
                active(report, before),
                limited(cycle, before),
                conflict(cycle.interlock(), report.contender(), before));
    }

    private static Condition telemetry(Cycle cycle, @Nullable RateMatcherStatus before) {
        var reason = cycle.decision().reason();
        boolean readable = Freshness.readable(cycle.snapshot(), reason);
        if (!readable || reason == Reason.TELEMETRY_INCONSISTENT) {
            var said = reason.tells() ? Reason.TELEMETRY_UNKNOWN : reason;
            String detail = String.join("; ", unknowns(cycle.snapshot()));
            String text = cycle.explanation().text();
            return condition(
                    TELEMETRY_FRESH,
                    "False",
                    StatusText.camel(said.name()),
                    detail.isEmpty() ? text : text + " " + detail,
                    before);
        }
        String what =
                Freshness.idle(cycle.snapshot())
                        ? "Everything can be read; there are no requests."
                        : "Rate, lengths and counts are known.";
        return condition(TELEMETRY_FRESH, "True", "Read", what, before);
    }

    private static List<String> unknowns(Snapshot snapshot) {
        var found = new ArrayList<String>(snapshot.warnings());
        for (Reading reading :
                List.of(
                        snapshot.windowSeconds(),
                        snapshot.traffic().arrived(),
                        snapshot.traffic().inputTokensMean(),
                        snapshot.traffic().outputTokensMean())) {
            if (reading instanceof Reading.Unknown(String why) && !found.contains(why)) {
                found.add(why);
            }
        }
        return found.size() > 4 ? found.subList(0, 4) : found;
    }

    private static Condition calibrated(Explanation why, @Nullable RateMatcherStatus before) {
        return why.calibrated()
                ? condition(
                        MODEL_CALIBRATED,
                        "True",
                        "Learnt",
                        String.format(
                                Locale.ROOT,
                                "Step times are corrected by what was seen: prefill x %.1f, decode"
                                        + " x %.1f.",
                                StatusText.rounded(why.calibration().prefill().scale(), 1),
                                StatusText.rounded(why.calibration().decode().scale(), 1)),
                        before)
                : condition(
                        MODEL_CALIBRATED,
                        "False",
                        "PriorOnly",
                        "Step times are the cost model's own; nothing has been learnt here yet.",
                        before);
    }

    private static Condition reachable(Cycle cycle, @Nullable RateMatcherStatus before) {
        var plan = cycle.explanation().plan();
        if (plan == null) {
            return unplanned(SLO_REACHABLE, cycle, before);
        }
        return plan.unreachable()
                ? condition(
                        SLO_REACHABLE,
                        "False",
                        "ServiceTimeAboveSlo",
                        "A single request takes longer than the promise; no number of replicas"
                                + " helps. Raise slo, or use faster engines.",
                        before)
                : condition(
                        SLO_REACHABLE, "True", "WithinReach", "The promise can be kept.", before);
    }

    private static Condition active(Report report, @Nullable RateMatcherStatus before) {
        var refusal = report.refusal();
        var interlock = report.cycle().interlock();
        if (refusal != null) {
            return condition(SCALING_ACTIVE, "False", refusal.reason(), refusal.message(), before);
        }
        if (!report.auto()) {
            return condition(
                    SCALING_ACTIVE,
                    "False",
                    "Recommend",
                    "Mode Recommend: nothing is written to the targets.",
                    before);
        }
        if (!report.errors().isEmpty()) {
            return condition(
                    SCALING_ACTIVE, "False", "CommandFailed", report.errors().getFirst(), before);
        }
        return interlock == null
                ? condition(SCALING_ACTIVE, "True", "Auto", "Decisions are carried out.", before)
                : condition(
                        SCALING_ACTIVE,
                        "False",
                        StatusText.camel(interlock.reason().name()),
                        interlock.text(),
                        before);
    }

    private static Condition limited(Cycle cycle, @Nullable RateMatcherStatus before) {
        var plan = cycle.explanation().plan();
        if (plan == null) {
            return unplanned(SCALING_LIMITED, cycle, before);
        }
        return plan.limited()
                ? condition(
                        SCALING_LIMITED,
                        "True",
                        StatusText.camel(plan.limiting().name()),
                        "The best fleet within the limits carries less than the demand; %s binds."
                                .formatted(Assessed.words(plan.limiting())),
                        before)
                : condition(
                        SCALING_LIMITED,
                        "False",
                        "WithinLimits",
                        "The demand fits into the limits.",
                        before);
    }

    private static Condition conflict(
            @Nullable Interlock interlock,
            @Nullable String contender,
            @Nullable RateMatcherStatus before) {
        boolean held = interlock != null && interlock.reason() == Reason.CONFLICT;
        if (contender != null && !held) {
            return condition(CONFLICT, "True", Conflict.YOUNGER, contender, before);
        }
        return interlock != null && interlock.reason() == Reason.CONFLICT
                ? condition(CONFLICT, "True", "OtherWriter", interlock.text(), before)
                : condition(CONFLICT, "False", "None", "Nobody else scales the targets.", before);
    }

    /// A move goes on without a new plan, so that what was planned before it still stands.
    private static Condition unplanned(
            String type, Cycle cycle, @Nullable RateMatcherStatus before) {
        var last = last(type, before);
        if (moving(cycle) && last != null && !last.status().equals("Unknown")) {
            boolean kept = last.reason().equals(MOVING);
            String text = kept ? last.message() : "By the plan before the move: " + last.message();
            return condition(type, last.status(), MOVING, text, before);
        }
        return condition(
                type,
                "Unknown",
                "NoPlan",
                "No plan was made in this cycle: %s."
                        .formatted(cycle.decision().reason().sentence()),
                before);
    }

    /// Whether a move is open or has just ended; the next cycle after its end makes a plan.
    static boolean moving(Cycle cycle) {
        return cycle.open() != null
                || (cycle.explanation().plan() == null
                        && cycle.decision().reason() == Reason.COOLING_DOWN);
    }

    private static @Nullable Condition last(String type, @Nullable RateMatcherStatus before) {
        return before == null || before.conditions() == null
                ? null
                : before.conditions().stream()
                        .filter(c -> c.type().equals(type))
                        .findFirst()
                        .orElse(null);
    }

    /// A condition that keeps the time of its last change.
    static Condition condition(
            String type,
            String status,
            String reason,
            String message,
            @Nullable RateMatcherStatus before) {
        var last = last(type, before);
        String since =
                last == null || !last.status().equals(status) ? null : last.lastTransitionTime();
        return new Condition(type, status, reason, message, since);
    }
}
