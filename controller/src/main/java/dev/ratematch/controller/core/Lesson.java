package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one consistent window teaches of step times and KV transfers.
///
/// @param windows newest last
/// @param steadySince end of the last move, seconds; `ALWAYS` where none was; null where a replica
///   started or drained at the begin or the end of the window
record Lesson(
        ServiceSpec spec,
        Laws laws,
        Snapshot snapshot,
        List<Window> windows,
        @Nullable Double steadySince) {

    /// No replica has come or gone since it is known.
    static final double ALWAYS = Double.NEGATIVE_INFINITY;

    /// Share of the links' bandwidth up to which a transfer shows the link and not its queue: by
    /// M/M/1 it waits a quarter of its own time there.
    private static final double LINK_IDLE = 0.2;

    /// Waiting per running request above which decode, and not prefill, holds requests back.
    private static final double DECODE_STARVED = 0.1;

    /// Prefill that gets through this many times what decode finishes, or the other way round, is
    /// not told rightly: something waits where nobody looks, or traffic turns.
    private static final double OTHER_RATE = 1.5;

    /// Relative deviation of a saturated pool's throughput: 400 requests a window, of which a few
    /// are counted in another one.
    private static final double THROUGHPUT_NOISE = 0.05;

    /// The same of an iteration that the mean TTFT of a window tells.
    private static final double TTFT_NOISE = 0.05;

    /// Factor to which that iteration is found.
    private static final double TTFT_EXACT = 1.005;

    /// Clocks of two windows that follow each other may differ by this, seconds.
    private static final double SLACK_SECONDS = 1e-3;

    /// Whether the newest window is that of the snapshot.
    private boolean newest() {
        return !windows.isEmpty() && windows.getLast().atSeconds() == snapshot.atSeconds();
    }

    /// A pool in which every replica serves.
    private static boolean whole(PoolReading pool) {
        double ready = pool.ready().orElse(0);
        return ready >= 1
                && pool.desired().orElse(ready) == ready
                && pool.starting().orElse(0) == 0
                && pool.pending().orElse(0) == 0
                && pool.draining().orElse(0) == 0;
    }

    /// Of prefill iterations. The mean time in prefill execution against the modelled time of the
    /// batch that must have gathered meanwhile: that follows from the measured time, so this holds
    /// for any model and any load, until a queue is left over from one iteration to the next. Where
    /// one stands throughout, what the pool gets through tells the full iteration.
    Residual prefill(Residual known) {
        if (!whole(snapshot.prefill()) || !newest()) {
            return known;
        }
        if (saturated()) {
            return stoodSinceTheMove() ? known : full(known);
        }
        double seconds = snapshot.traffic().prefillSecondsMean().orElse(0);
        if (!(seconds > 0)) {
            return byTtft(known);
        }
        var load = Estimator.estimate(List.of(windows.getLast()));
        double rate = load.requestsPerSecond() * (1 - load.localPrefillShare());
        double replicas = snapshot.prefill().ready().orElse(1);
        if (snapshot.prefill().queuedRequests().orElse(0) > 2 * (rate * seconds + replicas)) {
            return known;
        }
        double requests = Math.max(1, rate / replicas * seconds / laws.overlap());
        double tokens = requests * load.uncachedInputTokens();
        double squares = requests * load.squaresPerRequest();
        double iterations = Math.max(1, tokens / spec.prefill().maxBatchedTokens());
        double each = laws.prefill().iterationSeconds(tokens / iterations, squares / iterations);
        // The chunks of a prompt follow each other through a pipeline.
        return known.learn(each, seconds / (1 + (iterations - 1) / laws.overlap()));
    }

    /// Where nobody tells how long prefill takes: the iteration with which the model has the mean
    /// TTFT that is measured. What else TTFT holds, such as a gateway's share, is taken for prefill
    /// too, at idle as an offset; that errs to more replicas. Only while nothing is left over from
    /// one iteration to the next and decode takes what is finished; and while the promise is kept:
    /// a broken one without a queue is not explained by prefill, see `MODEL_SUSPECT`.
    private Residual byTtft(Residual known) {
        double seen = snapshot.traffic().ttftMeanSeconds().orElse(0);
        boolean kept = seen > 0 && seen <= spec.slo().ttftSeconds();
        if (!kept || steadySince == null || windows.size() < 2) {
            return known;
        }
        var end = windows.getLast();
        var begin = windows.get(windows.size() - 2);
        var load = Estimator.estimate(List.of(end));
        double rate = load.requestsPerSecond() * (1 - load.localPrefillShare());
        boolean left = iterationsWaiting(begin) >= 1 || iterationsWaiting(end) >= 1;
        if (left || decodeStarved(begin) || decodeStarved(end) || !(rate > 0)) {
            return known;
        }
        int replicas = (int) snapshot.prefill().ready().orElse(1);
        double low = Residual.LEAST;
        double high = Residual.MOST;
        while (high > low * TTFT_EXACT) {
            double scale = Math.sqrt(low * high);
            if (slower(scale, load).ttftMeanSeconds(replicas, rate) > seen) {
                high = scale;
            } else {
                low = scale;
            }
        }
        double taken = laws.overlap() * slower(low, load).iterationSeconds(rate / replicas);
        return known.learn(taken / low, taken, TTFT_NOISE);
    }

    /// What pools carry where prefill takes so many times what is modelled.
    private Capacity slower(double scale, WorkloadEstimate load) {
        var prefill = laws.prefill();
        return new Capacity(
                spec,
                new Laws(
                        (tokens, squares) -> scale * prefill.iterationSeconds(tokens, squares),
                        laws.decode(),
                        laws.local(),
                        laws.overlap()),
                load);
    }

    private boolean decodeStarved(Window window) {
        double running = snapshot.decode().runningRequests().orElse(0);
        return window.decodeQueued() > DECODE_STARVED * running;
    }

    /// Whether prefill was at full throughput for the whole window: as steady, a full iteration
    /// waited for every replica at both ends, and decode took what was finished.
    private boolean saturated() {
        if (steadySince == null || windows.size() < 2) {
            return false;
        }
        var end = windows.getLast();
        var begin = windows.get(windows.size() - 2);
        return Math.abs(end.atSeconds() - end.seconds() - begin.atSeconds()) <= SLACK_SECONDS
                && iterationsWaiting(begin) >= 1
                && iterationsWaiting(end) >= 1
                && !decodeStarved(begin)
                && !decodeStarved(end);
    }

    /// Whether that queue has stood at the end of each window since the last move. Where routers
    /// bind a request as it comes, it stays with the replicas that had it then, and those that came
    /// since do less than they could.
    private boolean stoodSinceTheMove() {
        double since = steadySince == null ? ALWAYS : steadySince;
        return since != ALWAYS
                && windows.stream()
                        .filter(window -> window.atSeconds() >= since)
                        .allMatch(window -> iterationsWaiting(window) >= 1);
    }

    /// Full iterations that wait for each replica.
    private double iterationsWaiting(Window window) {
        double tokens = window.prefillQueued() * window.uncachedInputTokens();
        return tokens / spec.prefill().maxBatchedTokens() / snapshot.prefill().ready().orElse(1);
    }

    /// Tokens got through against a full iteration: no waiting model is needed.
    private Residual full(Residual known) {
        var window = windows.getLast();
        double left = window.prefillQueued() - windows.get(windows.size() - 2).prefillQueued();
        double came =
                (window.arrived() - snapshot.traffic().rejected().orElse(0))
                        * (1 - window.localPrefillShare());
        double finished = snapshot.traffic().completed().orElse(0);
        if (came - left > OTHER_RATE * finished || finished > OTHER_RATE * (came - left)) {
            return known;
        }
        double budget = spec.prefill().maxBatchedTokens();
        double tokens = (came - left) * window.uncachedInputTokens();
        double iterations = tokens / budget / snapshot.prefill().ready().orElse(1);
        double requests = budget / window.uncachedInputTokens();
        double squares = requests * Estimator.estimate(List.of(window)).squaresPerRequest();
        return known.learn(
                laws.prefill().iterationSeconds(budget, squares),
                laws.overlap() * window.seconds() / iterations,
                THROUGHPUT_NOISE);
    }

    /// Of decode steps, at any load. The mean ITL against the modelled step at the mean batch.
    /// Where no engine tells how full its KV is, the running sequences are taken to hold what
    /// sequences of such lengths hold.
    ///
    /// @param kvTokens KV tokens of one replica
    Residual decode(Residual known, double kvTokens) {
        var pool = snapshot.decode();
        double itl = snapshot.traffic().itlMeanSeconds().orElse(0);
        double replicas = pool.ready().orElse(0);
        double running = pool.runningRequests().orElse(0);
        if (!whole(pool) || running < replicas || !(pool.kvUsed().known() || newest())) {
            return known;
        }
        double batch = running / replicas;
        double resident = Double.POSITIVE_INFINITY;
        if (pool.kvUsed().known()) {
            resident = pool.kvUsed().orElse(0) * kvTokens;
        }
        boolean held = pool.waitingForKv().orElse(0) > DECODE_STARVED * running;
        if (newest() && (held || !pool.kvUsed().known())) {
            double usual = batch * Estimator.estimate(windows).residentTokensPerSequence();
            resident = Math.min(resident, usual);
        }
        double accept = Math.max(1, snapshot.traffic().acceptLength().orElse(1));
        return known.learn(laws.decode().stepSeconds(batch, resident), itl * accept);
    }

    /// Of what a request waits for its KV. Measured transfers against the modelled link, where it
    /// has room: a busy link shows its queue.
    Residual transfer(Residual known) {
        double measured = snapshot.traffic().kvTransferSecondsMean().orElse(0);
        if (!(measured > 0) || !newest()) {
            return known;
        }
        var window = windows.getLast();
        double fill = perLane(window) / spec.link().bytesPerSecondPerGpu();
        return fill <= LINK_IDLE
                ? known.learn(spec.transferSeconds(window.inputTokens()), measured)
                : known;
    }

    /// Of the time that the wire takes for one request, and so of the link's bandwidth. A mean
    /// transfer bounds it on both sides, and what is stated stands between the two:
    ///
    /// - it takes no longer than what was measured, of which it is a part;
    /// - links are shared fairly, by `k` requests that leave in one iteration and by the rest of
    ///   the traffic. Processor sharing has `measured = latency + k wire / (1 - fill)`, and `fill`
    ///   follows from the wire: `1 / wire` is at most `k / (measured - latency) + rate per link`.
    ///
    /// Where decode makes requests wait for room, transfers begin together as room is made, and
    /// where they hide behind prefill they take as long as that: neither tells of the link.
    Residual link(Residual known) {
        double measured = snapshot.traffic().kvTransferSecondsMean().orElse(0);
        if (!(measured > 0)
                || !newest()
                || spec.link().mode() == KvLink.Mode.LAYERWISE
                || !(perLane(windows.getLast()) > 0)
                || windows.getLast().decodeQueued() > 0) {
            return known;
        }
        var window = windows.getLast();
        double bytes = spec.kvBytesPerRequest(window.inputTokens());
        double stated = bytes / (spec.lanes() * spec.link().bytesPerSecondPerGpu());
        double shared = measured - spec.link().latencySeconds();
        double least = 0;
        if (shared > 0) {
            double passing = perLane(window) * spec.lanes() / bytes;
            least = 1 / (leaving(window) / shared + passing);
        }
        return known.learn(stated, Math.clamp(stated, least, measured));
    }

    /// Bytes per second that pass each lane of the narrower pool.
    private double perLane(Window window) {
        double lanes =
                Math.min(
                        snapshot.prefill().ready().orElse(0) * spec.prefill().lanes().perWorker(),
                        snapshot.decode().ready().orElse(0) * spec.decode().lanes().perWorker());
        double bytes = spec.kvBytesPerRequest(window.inputTokens());
        return window.arrived() / window.seconds() * bytes / lanes;
    }

    /// Requests that leave a prefill replica with one of them, itself included; no more than an
    /// iteration holds.
    private double leaving(Window window) {
        double most = 1 + spec.prefill().maxBatchedTokens() / window.uncachedInputTokens();
        double seconds = snapshot.traffic().prefillSecondsMean().orElse(0);
        if (!(seconds > 0)) {
            return most;
        }
        double each = window.arrived() / window.seconds() / snapshot.prefill().ready().orElse(1);
        double bunched = Estimator.estimate(windows).dispersionWithin(seconds);
        return Math.min(most, bunched + each * seconds);
    }
}
