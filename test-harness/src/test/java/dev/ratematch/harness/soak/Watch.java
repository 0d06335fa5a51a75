package dev.ratematch.harness.soak;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.Explanation;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.soak.Fault.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What must hold after each cycle, whatever happened.
final class Watch {

    /// Reasons that begin something new.
    private static final Set<Reason> BEGINS =
            EnumSet.of(
                    Reason.GROW,
                    Reason.REBALANCE,
                    Reason.SHRINK,
                    Reason.INEFFECTIVE,
                    Reason.GPUS_MISSING);

    /// Cycles within which a fleet over its budget is commanded to fit.
    private static final int CUT_CYCLES = 5;

    /// Share of what is asked that the best pair carries where splits still matter.
    private static final double OVERWHELMED = 0.8;

    private final Scene scene;
    private final Cluster cluster;
    private final List<String> breaches = new ArrayList<>();
    private final List<String> restless = new ArrayList<>();
    private final Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
    private int claimed;
    private @Nullable Move opened;
    private int over;
    private int restMoves;
    private boolean corrected;
    private @Nullable Sizes told;

    Watch(Scene scene, Cluster cluster) {
        this.scene = scene;
        this.cluster = cluster;
    }

    List<String> breaches() {
        return breaches;
    }

    /// Moves of a steady load that had settled, beyond the one that is allowed.
    List<String> restless() {
        return restless;
    }

    /// How often each reason was given.
    Map<Reason, Integer> reasons() {
        return reasons;
    }

    void breach(int cycle, String what) {
        breaches.add("cycle %d: %s".formatted(cycle, what));
    }

    /// Before a cycle decides.
    ///
    /// @param move that is open, null for none
    void before(@Nullable Move move) {
        claimed = claim();
        opened = move;
    }

    /// After it has commanded.
    void after(int number, Cycle cycle, Set<Kind> troubles) {
        budget(number, cycle, troubles);
        counts(number, cycle);
        plan(number, cycle);
        unknown(number, cycle, troubles);
        rest(number, cycle);
        reasons.merge(cycle.decision().reason(), 1, Integer::sum);
        told = cycle.decision().counts().sizes();
    }

    /// GPUs that are held or will be once what was commanded is there.
    private int claim() {
        int gpus = 0;
        for (var role : Role.values()) {
            var pool = cluster.fleet(role);
            int each =
                    role == Role.PREFILL
                            ? scene.fleet().prefill().gpus()
                            : scene.fleet().decode().gpus();
            int there = pool.ready() + pool.starting() + pool.pending();
            gpus += each * (Math.max(pool.desired(), there) + pool.draining());
        }
        return gpus;
    }

    private int desired() {
        return scene.fleet()
                .gpus(
                        new Sizes(
                                cluster.fleet(Role.PREFILL).desired(),
                                cluster.fleet(Role.DECODE).desired()));
    }

    private void budget(int number, Cycle cycle, Set<Kind> troubles) {
        int budget = cycle.spec().budgetGpus();
        int claim = claim();
        if (claim > Math.max(budget, claimed)) {
            breach(
                    number,
                    "%d GPUs are claimed after %s, %d before, the budget is %d"
                            .formatted(claim, cycle.decision(), claimed, budget));
        }
        boolean hindered =
                troubles.contains(Kind.PAUSED)
                        || troubles.contains(Kind.FLEET_UNKNOWN)
                        || troubles.contains(Kind.FLEET_REFUSES);
        over = desired() <= budget || hindered ? 0 : over + 1;
        if (over > CUT_CYCLES) {
            breach(
                    number,
                    "%d GPUs are commanded for %d cycles, the budget is %d: %s"
                            .formatted(desired(), over, budget, cycle.decision()));
        }
    }

    private void counts(int number, Cycle cycle) {
        if (!(cycle.decision() instanceof Decision.Resize(var sizes, var reason))) {
            return;
        }
        for (var role : Role.values()) {
            var pool = cycle.spec().pool(role);
            var was = cycle.now().of(role);
            int count = sizes.of(role);
            if (count < 1) {
                breach(number, "%s leaves %s at %d".formatted(reason, role, count));
            }
            if (was != null && count > was && count > pool.maxReplicas()) {
                breach(
                        number,
                        "%s grows %s to %d, most is %d"
                                .formatted(reason, role, count, pool.maxReplicas()));
            }
            if (was != null && count < was && count < pool.minReplicas()) {
                breach(
                        number,
                        "%s shrinks %s to %d, least is %d"
                                .formatted(reason, role, count, pool.minReplicas()));
            }
        }
    }

    /// What is commanded while a move is open lies on its way, and no other is begun beside it.
    private void plan(int number, Cycle cycle) {
        var before = opened;
        if (before != null && BEGINS.contains(cycle.decision().reason())) {
            breach(
                    number,
                    "%s while the move from %s to %s is open"
                            .formatted(
                                    cycle.decision(), before.from().ratio(), before.to().ratio()));
        }
        var open = cycle.open();
        if (open == null || !(cycle.decision() instanceof Decision.Resize(var sizes, var reason))) {
            return;
        }
        for (var role : Role.values()) {
            var was = cycle.now().of(role);
            int count = sizes.of(role);
            int end = open.to().of(role);
            if (was != null && (count < Math.min(was, end) || count > Math.max(was, end))) {
                breach(
                        number,
                        "%s commands %d %s, which is not between %d and %d, the end of the open move"
                                .formatted(reason, count, role, was, end));
            }
        }
        var now = cycle.now().sizes();
        int least =
                now == null ? 0 : Math.min(cycle.spec().minBudgetGpus(), scene.fleet().gpus(now));
        if (BEGINS.contains(reason)
                && reason != Reason.INEFFECTIVE
                && scene.fleet().gpus(open.to()) < least) {
            breach(
                    number,
                    "%s leads to %s, below the least of %d GPUs"
                            .formatted(reason, open.to().ratio(), least));
        }
    }

    private void unknown(int number, Cycle cycle, Set<Kind> troubles) {
        var reason = cycle.decision().reason();
        boolean resizes = cycle.decision() instanceof Decision.Resize;
        if (troubles.stream().anyMatch(Kind::blinds) && BEGINS.contains(reason)) {
            breach(number, "%s is begun while nothing is seen: %s".formatted(reason, troubles));
        }
        if (troubles.contains(Kind.FLEET_UNKNOWN) && resizes) {
            breach(number, "%s although the fleet is unknown".formatted(cycle.decision()));
        }
        var kept = told;
        if (troubles.contains(Kind.FLEET_UNKNOWN)
                && kept != null
                && !kept.equals(cycle.decision().counts().sizes())) {
            breach(
                    number,
                    "%s was commanded, %s is told of an unknown fleet"
                            .formatted(kept, cycle.decision().counts()));
        }
        if (troubles.contains(Kind.PAUSED) && resizes) {
            breach(number, "%s although it is paused".formatted(cycle.decision()));
        }
    }

    private void rest(int number, Cycle cycle) {
        if (BEGINS.contains(cycle.decision().reason())
                && cycle.decision() instanceof Decision.Resize
                && !overwhelmed(cycle)) {
            boolean refuted = refutes(cycle);
            restMoves += number > Scene.SETTLING && !(refuted && !corrected) ? 1 : 0;
            corrected |= refuted && number > Scene.SETTLING;
            if (scene.steady() && restMoves > 1) {
                restless.add(
                        "cycle %d: %s is move %d of a steady load that had settled: %s"
                                .formatted(
                                        number,
                                        cycle.decision(),
                                        restMoves,
                                        cycle.explanation().text()));
            }
        }
    }

    /// Whether even the best pair leaves so much unserved that every split lets a queue grow: such
    /// a fleet is not at rest, and goes where the queue is.
    private static boolean overwhelmed(Cycle cycle) {
        return cycle.explanation().candidates().stream()
                .anyMatch(
                        pair ->
                                pair.as() == Explanation.As.PLAN
                                        && pair.servedBareShare() < OVERWHELMED);
    }

    /// Whether it gives more where a promise is measured to be broken that the model says is kept:
    /// that corrects what was not known before, and once that is no unrest.
    private static boolean refutes(Cycle cycle) {
        return cycle.decision().reason() == Reason.GROW
                && !cycle.breaches().isEmpty()
                && cycle.explanation().candidates().stream()
                        .anyMatch(
                                pair ->
                                        pair.as() == Explanation.As.NOW
                                                && pair.servedBareShare() >= 1);
    }
}
