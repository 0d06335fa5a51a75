package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.guard.Freshness;
import dev.ratematch.controller.guard.Gap;
import dev.ratematch.controller.guard.Look;
import dev.ratematch.controller.guard.WarmingUp;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.plan.Sizing;
import dev.ratematch.controller.prospect.Experience;
import dev.ratematch.controller.prospect.Need;
import dev.ratematch.controller.prospect.Prospect;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One look at the fleet, learnt from: what a decision rests on.
///
/// @param state with this look in it
/// @param now replicas that are commanded
/// @param look for the guards
/// @param outlook null where no window tells what this look does, or there is no traffic
record Sight(State state, Snapshot snapshot, Counts now, Look look, @Nullable Outlook outlook) {

    static Sight of(ServiceSpec spec, Laws laws, State before, Snapshot snapshot) {
        var now =
                new Counts(
                        commanded(Role.PREFILL, before, snapshot),
                        commanded(Role.DECODE, before, snapshot));
        var state = seen(spec, laws, before, snapshot);
        var look =
                new Look(
                        snapshot,
                        now,
                        state.windows(),
                        before.lastSeenSeconds(),
                        before.heardSeconds());
        boolean current = Freshness.current(snapshot, state.windows(), before.heardSeconds());
        var estimate = current ? estimate(state.windows()) : null;
        if (estimate == null) {
            return new Sight(state, snapshot, now, look, null);
        }
        var experience = experience(spec, laws, before, state, estimate);
        var outlook = outlook(spec, laws, state, snapshot, estimate, experience);
        var aiming =
                experience.aiming(
                        snapshot.atSeconds(),
                        outlook.prospect().best(),
                        Math.max(
                                spec.scaleDownWindowSeconds(),
                                spec.tuning().recentreWindowSeconds()));
        return new Sight(state.experiencing(aiming), snapshot, now, look, outlook);
    }

    /// What the windows tell; null where they are too few, or there is no traffic.
    private static @Nullable WorkloadEstimate estimate(List<Window> windows) {
        if (windows.size() < WarmingUp.WINDOWS_MIN) {
            return null;
        }
        var estimate = Estimator.estimate(windows);
        return estimate.requestsPerSecond() > 0 ? estimate : null;
    }

    private static Experience experience(
            ServiceSpec spec, Laws laws, State before, State state, WorkloadEstimate estimate) {
        var newest = state.windows().getLast();
        var alone = Estimator.estimate(List.of(newest));
        var came = alone.requestsPerSecond() > 0 ? need(spec, laws, state, alone) : new Need(0, 0);
        var needed = need(spec, laws, state, estimate);
        var thought = need(spec, laws, before, estimate);
        return state.experience()
                .rescaled(
                        ratio(needed.prefill(), thought.prefill()),
                        ratio(needed.decode(), thought.decode()))
                .saw(newest.atSeconds(), needed, came, estimate.requestsPerSecond());
    }

    private static double ratio(double now, double then) {
        return now > 0 && then > 0 ? now / then : 1;
    }

    private static Need need(ServiceSpec spec, Laws laws, State state, WorkloadEstimate load) {
        var capacity = state.calibration().expected(spec, laws, load);
        return Need.of(spec, capacity, load.requestsPerSecond());
    }

    private static State seen(ServiceSpec spec, Laws laws, State before, Snapshot snapshot) {
        List<Window> past =
                Gap.after(before.lastSeenSeconds(), snapshot) ? List.of() : before.windows();
        boolean consistent = Freshness.usable(snapshot, before.heardSeconds());
        var known = before.experience();
        List<Window> windows =
                consistent
                        ? Estimator.window(snapshot, past, known.precedents())
                                .map(w -> Estimator.remember(past, w))
                                .orElse(past)
                        : past;
        boolean transition =
                before.move() == null
                        && (inTransition(snapshot.prefill()) || inTransition(snapshot.decode()));
        var since = before.transitionSinceSeconds();
        Double began = since == null ? Double.valueOf(snapshot.atSeconds()) : since;
        boolean clean = consistent && before.move() == null;
        Double steadySince = since == null && !transition ? settled(before) : null;
        var next =
                before.seen(
                        windows,
                        snapshot,
                        transition ? began : null,
                        clean
                                ? before.calibration()
                                        .learn(spec, laws, snapshot, windows, steadySince)
                                : before.calibration());
        var timed = known.timing(snapshot);
        return next.experiencing(
                windows.equals(past) ? timed : timed.knowing(known.precedents().saw(windows)));
    }

    private static Double settled(State before) {
        var ended = before.lastMoveEndSeconds();
        return ended == null ? Double.valueOf(Lesson.ALWAYS) : ended;
    }

    private static Outlook outlook(
            ServiceSpec spec,
            Laws laws,
            State state,
            Snapshot snapshot,
            WorkloadEstimate estimate,
            Experience experience) {
        var sizing = new Sizing(spec);
        var capacity = state.calibration().capacity(spec, laws, estimate);
        double rate = estimate.requestsPerSecond();
        return new Outlook(
                spec,
                estimate,
                capacity,
                state.calibration().expected(spec, laws, estimate),
                sizing.demand(estimate, snapshot),
                sizing.bare(estimate, snapshot),
                sizing.usualQueue(estimate),
                new Prospect(
                        spec,
                        Need.of(spec, capacity, rate),
                        rate,
                        sizing.waiting(estimate),
                        experience));
    }

    private static boolean inTransition(PoolReading pool) {
        return pool.starting().orElse(0) + pool.pending().orElse(0) + pool.draining().orElse(0) > 0;
    }

    /// Decisions are made against what was last commanded, so that a hold never cancels a start:
    /// the count read back from the target; else what exists, unless part of that is unknown or a
    /// move knows better.
    private static @Nullable Integer commanded(Role role, State before, Snapshot snapshot) {
        var pool = snapshot.pool(role);
        var last = before.commanded().of(role);
        if (pool.desired().known()) {
            return (int) pool.desired().orElse(0);
        }
        if (last != null && (before.move() != null || !pool.ready().known())) {
            return last;
        }
        if (!pool.ready().known()) {
            return null;
        }
        int existing =
                (int)
                        (pool.ready().orElse(0)
                                + pool.starting().orElse(0)
                                + pool.pending().orElse(0));
        boolean whole = pool.starting().known() && pool.pending().known();
        return whole || last == null ? existing : Math.max(existing, last);
    }

    /// The same with another state.
    Sight with(State next) {
        return new Sight(next, snapshot, now, look, outlook);
    }

    /// The snapshot with its commanded counts filled in.
    Snapshot commanding(Sizes sizes) {
        return new Snapshot(
                snapshot.atSeconds(),
                snapshot.windowSeconds(),
                snapshot.prefill().withDesired(sizes.prefill()),
                snapshot.decode().withDesired(sizes.decode()),
                snapshot.traffic(),
                snapshot.warnings());
    }
}
