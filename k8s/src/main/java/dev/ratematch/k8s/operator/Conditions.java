package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Explanation;
import dev.ratematch.controller.core.Interlock;
import dev.ratematch.controller.guard.Freshness;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcherStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
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
    static final String MOVING = "MoveInProgress";

    private static final double PERCENT = 100;

    private Conditions() {}

    /// All of them, in the order in which `kubectl describe` is read.
    static List<Condition> of(Report report, @Nullable RateMatcherStatus before) {
        var standing = new Standing(report.generation(), before);
        var cycle = report.cycle();
        var telemetry = telemetry(cycle, standing);
        var shared = report.shared();
        var all =
                List.of(
                        Readiness.of(report, telemetry, standing),
                        telemetry,
                        PodsCondition.of(report.troubles(), standing),
                        calibrated(cycle.explanation(), standing),
                        reachable(cycle, standing),
                        active(report, standing),
                        limited(cycle, standing),
                        conflict(report, standing));
        return shared == null
                ? all
                : Stream.concat(
                                all.stream(),
                                Stream.of(
                                        SwitchText.condition(
                                                shared.workers(), shared.view(), standing)))
                        .toList();
    }

    /// Those of a RateMatcher that cannot be worked with. What is not looked at is Unknown; what
    /// was planned and learnt stands, and says of which spec.
    static List<Condition> refused(Refusal why, Standing standing) {
        return List.of(
                standing.no(Readiness.READY, why.reason(), why.message()),
                unread(TELEMETRY_FRESH, standing),
                unread(PodsCondition.PODS_HEALTHY, standing),
                kept(MODEL_CALIBRATED, standing),
                kept(SLO_REACHABLE, standing),
                standing.no(SCALING_ACTIVE, why.reason(), why.message()),
                kept(SCALING_LIMITED, standing),
                contested(why) ? contested(why, standing) : unread(CONFLICT, standing));
    }

    private static Condition unread(String type, Standing standing) {
        return standing.unknown(type, "Refused", "Not checked while Ready is False.");
    }

    private static Condition kept(String type, Standing standing) {
        var last = standing.last(type);
        return last == null ? unread(type, standing) : last;
    }

    private static boolean contested(Refusal refusal) {
        return refusal.reason().equals(Conflict.REASON);
    }

    private static Condition contested(Refusal refusal, Standing standing) {
        return standing.yes(CONFLICT, Conflict.OLDER, refusal.message());
    }

    private static Condition telemetry(Cycle cycle, Standing standing) {
        var reason = cycle.decision().reason();
        boolean readable = Freshness.readable(cycle.snapshot(), reason);
        if (!readable || reason == Reason.TELEMETRY_INCONSISTENT) {
            var said = reason.tells() ? Reason.TELEMETRY_UNKNOWN : reason;
            String text = cycle.explanation().text();
            String detail = String.join("; ", unknowns(cycle.snapshot(), text));
            return standing.no(
                    TELEMETRY_FRESH,
                    StatusText.camel(said.name()),
                    detail.isEmpty() ? text : "%s Also: %s.".formatted(text, detail));
        }
        String what =
                Freshness.idle(cycle.snapshot())
                        ? "All metrics can be read; there are no requests."
                        : "Rate, lengths and counts are known.";
        return standing.yes(TELEMETRY_FRESH, "Read", what);
    }

    /// What is unknown and why, as far as a text does not say it already.
    private static List<String> unknowns(Snapshot snapshot, String text) {
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
        found.removeIf(text::contains);
        return found.size() > 4 ? found.subList(0, 4) : found;
    }

    private static Condition calibrated(Explanation why, Standing standing) {
        return why.calibrated()
                ? standing.yes(
                        MODEL_CALIBRATED,
                        "Learnt",
                        String.format(
                                Locale.ROOT,
                                "Modelled step times are corrected by measurements: "
                                        + "prefill x %.1f, decode x %.1f.",
                                StatusText.rounded(why.calibration().prefill().scale(), 1),
                                StatusText.rounded(why.calibration().decode().scale(), 1)))
                : standing.no(
                        MODEL_CALIBRATED,
                        "PriorOnly",
                        "Step times are those of the cost model; no corrections have "
                                + "been learnt yet.");
    }

    private static Condition reachable(Cycle cycle, Standing standing) {
        var plan = cycle.explanation().plan();
        if (plan == null) {
            return unplanned(SLO_REACHABLE, cycle, standing);
        }
        return plan.unreachable()
                ? standing.no(
                        SLO_REACHABLE,
                        "ServiceTimeAboveSlo",
                        "A single request alone exceeds the targets, so no number of "
                                + "replicas helps. Relax slo, or use faster engines.")
                : standing.yes(SLO_REACHABLE, "WithinReach", "The targets can be met.");
    }

    private static Condition active(Report report, Standing standing) {
        var refusal = report.refusal();
        var interlock = report.cycle().interlock();
        if (refusal != null) {
            return standing.no(SCALING_ACTIVE, refusal.reason(), refusal.message());
        }
        if (report.auto() && !report.errors().isEmpty()) {
            return standing.no(SCALING_ACTIVE, "CommandFailed", report.errors().getFirst());
        }
        if (interlock != null) {
            return standing.no(
                    SCALING_ACTIVE, StatusText.camel(interlock.reason().name()), interlock.text());
        }
        return report.auto()
                ? standing.yes(SCALING_ACTIVE, "Auto", "Decisions are carried out.")
                : standing.yes(
                        SCALING_ACTIVE,
                        "Recommend",
                        "Mode Recommend: recommendations only; nothing is written to "
                                + "the targets.");
    }

    private static Condition limited(Cycle cycle, Standing standing) {
        var plan = cycle.explanation().plan();
        if (plan == null) {
            return unplanned(SCALING_LIMITED, cycle, standing);
        }
        return plan.limited()
                ? standing.yes(
                        SCALING_LIMITED,
                        StatusText.camel(plan.limiting().name()),
                        String.format(
                                Locale.ROOT,
                                "%s is the best within %s and carries %.0f %% of the "
                                        + "demand; the bottleneck is %s.",
                                plan.ratio(),
                                limits(cycle, plan),
                                PERCENT * plan.servedShare(),
                                Assessed.words(plan.limiting())))
                : standing.no(
                        SCALING_LIMITED,
                        "WithinLimits",
                        "The demand fits within the limits" + missing(cycle) + ".");
    }

    /// What the best fleet is the best within, for people.
    static String limits(Cycle cycle, Plan plan) {
        return plan.limiting() == Plan.Limit.BUDGET
                ? "the budget of %d GPUs".formatted(cycle.spec().budgetGpus())
                : "the limits";
    }

    /// What the fleet as it is does not carry of a demand that would fit.
    private static String missing(Cycle cycle) {
        var served = cycle.explanation().servedShare();
        var now = cycle.now().sizes();
        if (served == null || now == null) {
            return "";
        }
        var serving = serving(cycle.snapshot());
        if (serving != null
                && (serving.prefill() < now.prefill() || serving.decode() < now.decode())) {
            return "; of %s only %s serves".formatted(now.ratio(), serving.ratio());
        }
        return served < 1
                ? String.format(
                        Locale.ROOT, "; %s carries %.0f %% of it", now.ratio(), PERCENT * served)
                : "";
    }

    private static @Nullable Sizes serving(Snapshot snapshot) {
        var prefill = snapshot.prefill().ready();
        var decode = snapshot.decode().ready();
        return prefill.known() && decode.known()
                ? new Sizes((int) prefill.orElse(0), (int) decode.orElse(0))
                : null;
    }

    private static Condition conflict(Report report, Standing standing) {
        Interlock interlock = report.cycle().interlock();
        if (interlock != null && interlock.reason() == Reason.CONFLICT) {
            return standing.yes(CONFLICT, "OtherWriter", interlock.text());
        }
        return report.contender() == null
                ? standing.no(CONFLICT, "None", "Nothing else scales the targets.")
                : standing.yes(CONFLICT, Conflict.YOUNGER, report.contender());
    }

    /// A move goes on without a new plan, so that what was planned before it still stands, for the
    /// spec that it was planned for.
    private static Condition unplanned(String type, Cycle cycle, Standing standing) {
        var last = standing.last(type);
        if (moving(cycle) && last != null && !last.status().equals("Unknown")) {
            boolean kept = last.reason().equals(MOVING);
            String text =
                    kept ? last.message() : "From the plan before the move: " + last.message();
            return standing.condition(type, last.status(), last.observedGeneration(), MOVING, text);
        }
        return standing.unknown(
                type,
                "NoPlan",
                "No plan was made in this cycle: %s."
                        .formatted(cycle.decision().reason().sentence()));
    }

    /// Whether a move is open or has just ended; the next cycle after its end makes a plan.
    static boolean moving(Cycle cycle) {
        return cycle.open() != null
                || (cycle.explanation().plan() == null
                        && cycle.decision().reason() == Reason.COOLING_DOWN);
    }
}
