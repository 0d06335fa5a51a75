package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.NextMove;
import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.host.Fault;
import dev.ratematch.controller.move.Holding;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.GuardsStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.MoveStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.NextMoveStatus;
import dev.ratematch.k8s.api.RateMatcherStatus.Observed;
import dev.ratematch.k8s.api.RateMatcherStatus.Pool;
import dev.ratematch.k8s.api.RateMatcherStatus.Recommendation;
import dev.ratematch.k8s.api.RateMatcherStatus.Resolved;
import dev.ratematch.k8s.api.RateMatcherStatus.ResolvedRole;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One cycle as a status. Pure: the same cycle gives the same text.
final class StatusText {

    static final double MILLIS = 1e3;

    private static final int FIGURE_DIGITS = 3;

    /// Conditions whose reason is that of the whole, where they are not True.
    private static final Set<String> STATED = Set.of(Readiness.READY, PodsCondition.PODS_HEALTHY);

    private StatusText() {}

    /// The status after a cycle.
    static RateMatcherStatus of(Report report, @Nullable RateMatcherStatus before) {
        var cycle = report.cycle();
        var assessed = Assessed.of(cycle, before);
        var conditions = Conditions.of(report, before);
        return new RateMatcherStatus(
                report.generation(),
                reason(cycle, conditions),
                report.resolved(),
                observed(cycle),
                recommendation(cycle),
                assessed.limitingRole(),
                assessed.binding(),
                assessed.unservedPercent(),
                assessed.lossToOptimumPercent(),
                assessed.pools(),
                assessed.pastSaving(),
                next(NextMove.of(cycle)),
                guards(cycle),
                move(cycle.open()),
                switches(report),
                Promised.of(report.record(), before),
                null,
                conditions);
    }

    /// Advice where we do not act; what is under way wherever it is.
    private static RateMatcherStatus.@Nullable SwitchesStatus switches(Report report) {
        var shared = report.shared();
        if (shared == null) {
            return null;
        }
        var cycle = report.cycle();
        var now = cycle.now().sizes();
        var end = cycle.end();
        var advice =
                cycle.acts() || now == null || end == null
                        ? null
                        : SwitchText.advice(shared.workers(), now, end, shared.candidates());
        return SwitchText.status(shared.view(), advice);
    }

    /// Why it stands as it does, in one word: what keeps it from being Ready comes before what ails
    /// its pods, and that before what the planner says.
    private static String reason(Cycle cycle, List<Condition> conditions) {
        return conditions.stream()
                .filter(c -> STATED.contains(c.type()))
                .filter(c -> !c.status().equals("True"))
                .map(Condition::reason)
                .findFirst()
                .orElseGet(() -> camel(cycle.decision().reason().name()));
    }

    /// The status of a RateMatcher that cannot be worked with: what was known stays, the conditions
    /// say why.
    static RateMatcherStatus refused(
            @Nullable Long generation, Refusal refusal, @Nullable RateMatcherStatus before) {
        var last = before == null ? RateMatcherStatus.EMPTY : before;
        return last.with(
                generation,
                refusal.reason(),
                Conditions.refused(refusal, new Standing(generation, before)));
    }

    /// The spec with every default filled in.
    static Resolved resolved(
            Service service, RateMatcherSpec spec, Duration interval, Side prefill, Side decode) {
        return new Resolved(
                service.model(),
                service.gpu(),
                service.precision(),
                service.precisionSource(),
                service.kvDtype(),
                service.engine(),
                service.spec().budgetGpus(),
                Sources.title(spec),
                interval.toMillis() / 1000.0 + "s",
                role(
                        prefill,
                        service.prefillParallel(),
                        service.spec().prefill().minReplicas(),
                        service.spec().prefill().maxReplicas()),
                role(
                        decode,
                        service.decodeParallel(),
                        service.spec().decode().minReplicas(),
                        service.spec().decode().maxReplicas()));
    }

    private static ResolvedRole role(Side side, String parallel, int min, int max) {
        return new ResolvedRole(
                side.target().selector(),
                side.width().gpus(),
                side.width().from(),
                parallel.toLowerCase(Locale.ROOT),
                min,
                max,
                side.routing().text());
    }

    private static Observed observed(Cycle cycle) {
        var snapshot = cycle.snapshot();
        var traffic = snapshot.traffic();
        return new Observed(
                time(snapshot.atSeconds()),
                ratio(snapshot.prefill().desired(), snapshot.decode().desired()),
                held(snapshot, cycle.spec()),
                pool(snapshot.prefill()),
                pool(snapshot.decode()),
                rate(snapshot),
                number(traffic.inputTokensMean(), 1, 0),
                number(traffic.outputTokensMean(), 1, 0),
                number(traffic.ttftQuantileSeconds(), MILLIS, 0),
                number(traffic.itlQuantileSeconds(), MILLIS, 1));
    }

    private static @Nullable Integer held(Snapshot snapshot, ServiceSpec spec) {
        return snapshot.prefill().ready().known() && snapshot.decode().ready().known()
                ? Integer.valueOf(
                        Holding.gpus(
                                Holding.seen(snapshot.prefill()),
                                Holding.seen(snapshot.decode()),
                                spec))
                : null;
    }

    private static @Nullable Double rate(Snapshot snapshot) {
        var arrived = snapshot.traffic().arrived();
        boolean known = arrived.known() && snapshot.windowSeconds().known();
        return known ? rounded(arrived.orElse(0) / snapshot.windowSeconds().orElse(1), 2) : null;
    }

    private static @Nullable Double number(Reading reading, double scale, int digits) {
        return reading.known() ? rounded(scale * reading.orElse(0), digits) : null;
    }

    static double rounded(double value, int digits) {
        double unit = digits == 0 ? 1 : digits == 1 ? 10 : 100;
        return Math.rint(value * unit) / unit;
    }

    private static @Nullable String ratio(Reading prefill, Reading decode) {
        return prefill.known() && decode.known()
                ? "%dP%dD".formatted((int) prefill.orElse(0), (int) decode.orElse(0))
                : null;
    }

    private static Pool pool(PoolReading pool) {
        return new Pool(
                count(pool.desired()),
                count(pool.ready()),
                count(pool.starting()),
                count(pool.pending()),
                count(pool.draining()),
                count(pool.failed()));
    }

    private static @Nullable Integer count(Reading reading) {
        return reading.known() ? Integer.valueOf((int) reading.orElse(0)) : null;
    }

    private static @Nullable Recommendation recommendation(Cycle cycle) {
        var now = cycle.told().sizes();
        var end = cycle.end();
        if (now == null || end == null) {
            return null;
        }
        var spec = cycle.spec();
        return new Recommendation(
                end.ratio(),
                now.prefill(),
                now.decode(),
                end.prefill(),
                end.decode(),
                "%d:%d"
                        .formatted(
                                end.prefill() * spec.prefill().gpusPerReplica(),
                                end.decode() * spec.decode().gpusPerReplica()),
                cycle.decision().reason().name(),
                Fault.clean(text(cycle, end)));
    }

    /// What was decided, and how it goes with what is wanted: a fleet that stays although another
    /// is named stays for now, and the best within a limit is not all that would be needed.
    private static String text(Cycle cycle, Sizes end) {
        var text = new StringBuilder(cycle.explanation().text());
        var next = NextMove.of(cycle);
        if (next != null && next.heldBy() != null && !next.to().equals(end)) {
            text.append(" %s stays for now.".formatted(end.ratio()));
        }
        var plan = cycle.explanation().plan();
        if (plan != null && plan.limited()) {
            text.append(
                    " %s is the best within %s; the demand needs more."
                            .formatted(plan.ratio(), Conditions.limits(cycle, plan)));
        }
        return text.toString();
    }

    private static @Nullable MoveStatus move(@Nullable Move move) {
        return move == null
                ? null
                : new MoveStatus(
                        move.from().ratio(),
                        move.to().ratio(),
                        camel(move.phase().name()),
                        time(move.startedSeconds()),
                        time(move.deadlineSeconds()));
    }

    private static @Nullable NextMoveStatus next(@Nullable NextMove next) {
        return next == null
                ? null
                : new NextMoveStatus(
                        next.from().ratio(),
                        next.to().ratio(),
                        next.gain() == null ? null : rounded(100 * next.gain(), 1),
                        next.gpus(),
                        next.heldBy() == null ? null : next.heldBy().name());
    }

    private static GuardsStatus guards(Cycle cycle) {
        var holding = cycle.verdicts().stream().filter(Verdict::holds).findFirst().orElse(null);
        return new GuardsStatus(
                holding == null ? null : holding.guard().name(),
                holding == null || holding.figures().isEmpty() ? null : figures(holding),
                cycle.verdicts().stream()
                        .filter(verdict -> !verdict.holds())
                        .map(StatusText::passed)
                        .toList());
    }

    private static String passed(Verdict verdict) {
        String name = verdict.guard().name();
        return verdict.figures().isEmpty() ? name : "%s: %s".formatted(name, figures(verdict));
    }

    private static String figures(Verdict verdict) {
        return verdict.figures().stream()
                .map(figure -> figure.name() + " " + significant(figure.value()))
                .collect(Collectors.joining(", "));
    }

    /// Three digits say enough, and a last one that trembles would be a new status each cycle.
    private static String significant(double value) {
        return Double.isFinite(value)
                ? new BigDecimal(value)
                        .round(new MathContext(FIGURE_DIGITS))
                        .stripTrailingZeros()
                        .toPlainString()
                : "unbounded";
    }

    /// The same status with the missing times of change filled in.
    static RateMatcherStatus at(RateMatcherStatus status, Instant now) {
        if (status.conditions() == null) {
            return status;
        }
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        var conditions =
                status.conditions().stream()
                        .map(c -> c.lastTransitionTime() == null ? c.since(time) : c)
                        .toList();
        return status.with(status.observedGeneration(), status.reason(), conditions);
    }

    /// `MOVE_IN_PROGRESS` as `MoveInProgress`.
    static String camel(String name) {
        var text = new StringBuilder();
        for (String word : name.split("_", -1)) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    static String time(double atSeconds) {
        return Instant.ofEpochSecond((long) atSeconds).toString();
    }
}
