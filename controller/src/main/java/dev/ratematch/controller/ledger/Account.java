package dev.ratematch.controller.ledger;

import dev.ratematch.controller.core.Assessment;
import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Drain;
import dev.ratematch.controller.ledger.Entry.End;
import dev.ratematch.controller.ledger.Entry.Fate;
import dev.ratematch.controller.move.Holding;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.service.Service;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// The books of one recommendation while it stands. Confined to one thread.
final class Account {

    private static final double HOUR = 3600;

    /// A longer silence, in windows, is a gap of the journal: nobody knows what was held in it.
    private static final double GAP_WINDOWS = 4;

    /// Clocks of two cycles may differ from their window by this.
    private static final double SLACK_SECONDS = 1e-3;

    private final Service service;
    private final Calibration learnt;
    private final double atSeconds;
    private final Sizes from;
    private final Sizes to;
    private final @Nullable Promise promise;
    private double lastSeconds;
    private double countedSeconds;
    private @Nullable Double reachedSeconds;
    private boolean counts;
    private boolean begun;
    private boolean backlogged = true;

    /// What waits by what was said; null where windows before this one were not seen.
    private @Nullable Drain drain;

    private OptionalDouble waiting = OptionalDouble.empty();
    private Comparison asSaid = Comparison.NONE;
    private Comparison asItCame = Comparison.NONE;
    private Tally ignored = Tally.NONE;
    private Tally settled = Tally.NONE;
    private int steady;
    private double held;
    private double booked;

    Account(
            Service service,
            Calibration learnt,
            double atSeconds,
            Sizes from,
            Sizes to,
            @Nullable Promise promise) {
        this.service = service;
        this.learnt = learnt;
        this.atSeconds = atSeconds;
        this.from = from;
        this.to = to;
        this.promise = promise;
        this.lastSeconds = atSeconds;
        this.countedSeconds = atSeconds;
    }

    Sizes to() {
        return to;
    }

    /// Books one cycle after the one that opened it.
    ///
    /// @param assessment of this cycle, for the traffic that came
    void cycle(Snapshot seen, @Nullable Assessment assessment) {
        double at = seen.atSeconds();
        double length = seen.windowSeconds().orElse(0);
        double before = lastSeconds;
        hold(seen, at - before, length);
        lastSeconds = at;
        boolean whole = is(seen, Role.PREFILL) && is(seen, Role.DECODE);
        var desired = Ledger.desired(seen);
        counts |= desired != null;
        begun |= desired != null && !desired.equals(from);
        double began = at - length;
        boolean follows = Math.abs(began - before) <= SLACK_SECONDS;
        if (!whole || !follows) {
            drain = null;
        }
        if (length > 0 && began >= countedSeconds - SLACK_SECONDS) {
            countedSeconds = at;
            if (!begun && desired != null) {
                ignored = ignored.plus(service.spec(), seen);
            }
            var reached = reachedSeconds;
            if (whole && reached != null && began >= reached - SLACK_SECONDS) {
                settled = settled.plus(service.spec(), seen);
                if (drain == null && follows && waiting.isPresent()) {
                    drain = new Drain(waiting.getAsDouble());
                }
                compare(seen, length, assessment);
            }
        }
        waiting = backlog(seen);
        if (whole && reachedSeconds == null) {
            reachedSeconds = at;
            // Windows after this begin with it.
            countedSeconds = at;
        }
    }

    private void hold(Snapshot seen, double seconds, double length) {
        var gpus = heldGpus(seen);
        if (gpus.isPresent() && length > 0 && seconds <= GAP_WINDOWS * length) {
            held += gpus.getAsDouble() * seconds;
            booked += seconds;
        }
    }

    private OptionalDouble heldGpus(Snapshot seen) {
        double sum = 0;
        for (var role : Role.values()) {
            var pool = seen.pool(role);
            if (!pool.ready().known()) {
                return OptionalDouble.empty();
            }
            sum += Holding.seen(pool).held() * service.spec().pool(role).gpusPerReplica();
        }
        return OptionalDouble.of(sum);
    }

    private boolean is(Snapshot seen, Role role) {
        var pool = seen.pool(role);
        double wanted = to.of(role);
        return pool.ready().orElse(-1) == wanted
                && pool.desired().orElse(wanted) == wanted
                && pool.starting().orElse(0) == 0
                && pool.pending().orElse(0) == 0
                && pool.draining().orElse(0) == 0;
    }

    /// One settled window against what was said, and against the forecast that the knowledge of
    /// then makes for the traffic of now.
    private void compare(Snapshot seen, double length, @Nullable Assessment assessment) {
        var traffic = seen.traffic();
        if (promise == null || assessment == null || !traffic.arrived().known()) {
            drain = null;
            return;
        }
        double came = traffic.arrived().orElse(0);
        double rate = came / length;
        var load = assessment.expected();
        var spec = service.spec();
        var capacity = learnt.expected(spec, service.laws(), load);
        var queue = drain;
        var forecast =
                Reforecast.of(
                        capacity, to, load, queue == null ? new Drain(0) : queue, rate, length);
        // What waits from before, or came beyond what the pools finish, is no fault of a latency
        // that was said without a backlog. One that grows although it should not is.
        boolean inherited = backlogged;
        double usual = load.requestsPerSecond() * forecast.ttftSeconds();
        var left = backlog(seen);
        boolean cleared = !inherited || (left.isPresent() && left.getAsDouble() <= usual);
        backlogged = !forecast.stable(rate) || !cleared;
        if (traffic.completed().known()) {
            double finished = traffic.completed().orElse(0) / length;
            double said =
                    Math.min(
                            promise.expectedRequestsPerSecond(),
                            promise.carriedRequestsPerSecond());
            asSaid = asSaid.served(said, finished, length);
            if (waiting.isPresent()) {
                double served = forecast.served(rate, waiting.getAsDouble() / length);
                asItCame = asItCame.served(served, finished, length);
            }
        }
        if (!inherited && !backlogged) {
            steady++;
            asSaid = asSaid.latency(promise.ttftMeanSeconds(), promise.itlMeanSeconds(), seen);
        }
        if (queue != null) {
            asItCame =
                    asItCame.latency(
                            forecast.drainedTtftSeconds(), forecast.drainedItlSeconds(), seen);
            drain = queue.after(rate, forecast.mostRequestsPerSecond(), length);
        }
    }

    /// Requests that no engine has begun, in both pools.
    private static OptionalDouble backlog(Snapshot seen) {
        var prefill = seen.prefill().queuedRequests();
        var decode = seen.decode().queuedRequests();
        var kv = seen.decode().waitingForKv();
        return prefill.known() && (decode.known() || kv.known())
                ? OptionalDouble.of(prefill.orElse(0) + decode.orElse(0) + kv.orElse(0))
                : OptionalDouble.empty();
    }

    Entry entry(End end) {
        var fate =
                reachedSeconds != null
                        ? Fate.FOLLOWED
                        : begun ? Fate.BEGUN : counts ? Fate.IGNORED : Fate.UNKNOWN;
        double recommended = service.spec().gpus(to);
        return new Entry(
                atSeconds,
                lastSeconds,
                from,
                to,
                fate,
                end,
                reachedSeconds,
                promise,
                asSaid,
                asItCame,
                ignored,
                settled,
                steady,
                hours(held),
                hours(recommended * booked));
    }

    private OptionalDouble hours(double gpuSeconds) {
        return booked > 0 ? OptionalDouble.of(gpuSeconds / HOUR) : OptionalDouble.empty();
    }
}
