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
import dev.ratematch.costmodel.transfer.KvTransfer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What was learnt of a fleet that the cost model cannot know: how its step times and its KV
/// transfers differ, and how many KV tokens its decode engines say they hold.
///
/// @param transfer of a request's KV transfer, learnt while the links have room
/// @param decodeKvTokens KV tokens of one decode replica as its engine states them; null while none
///   has
public record Calibration(
        Residual prefill, Residual decode, Residual transfer, @Nullable Double decodeKvTokens) {

    /// The model as it is.
    public static final Calibration NONE =
            new Calibration(Residual.NONE, Residual.NONE, Residual.NONE, null);

    public Calibration {
        // A state that an earlier version kept has none.
        transfer = Objects.requireNonNullElse(transfer, Residual.NONE);
    }

    /// Share of the links' bandwidth up to which a transfer shows the link and not its queue: by
    /// M/M/1 it waits a quarter of its own time there.
    private static final double LINK_IDLE = 0.2;

    /// The laws, corrected.
    public Laws apply(Laws laws) {
        var forPrefill = prefill.correction();
        var forDecode = decode.correction();
        return new Laws(
                (tokens, squares) ->
                        forPrefill.of(laws.prefill().iterationSeconds(tokens, squares)),
                (sequences, resident) ->
                        forDecode.of(laws.decode().stepSeconds(sequences, resident)),
                laws.local());
    }

    /// The service as the engines describe it: their own KV pool instead of the modelled one, and
    /// what a request waits for its KV by the transfers that were measured. The link's bandwidth
    /// stays as stated: prompts of one iteration leave together and share it, so that a transfer
    /// takes longer than the link alone would have it, on a link that carries all it should.
    ///
    /// @param inputTokens mean ISL, whose KV a transfer carries
    public ServiceSpec apply(ServiceSpec spec, double inputTokens) {
        var stated = decodeKvTokens == null ? spec : spec.withDecodeKv(decodeKvTokens);
        var link = spec.link();
        if (transfer.weight() == 0 || link.mode() == KvLink.Mode.LAYERWISE) {
            return stated;
        }
        double modelled = spec.transferSeconds(inputTokens);
        double longer = transfer.correct(modelled) - modelled;
        return stated.withLink(
                new KvLink(
                        link.bytesPerSecondPerGpu(),
                        link.mode(),
                        Math.max(0, link.latencySeconds() + longer)));
    }

    /// What pools carry of a workload, by all that was learnt.
    public Capacity capacity(ServiceSpec spec, Laws laws, WorkloadEstimate load) {
        return new Capacity(apply(spec, load.inputTokens()), apply(laws), load);
    }

    /// Learns from one consistent window, newest last in `windows`.
    public Calibration learn(ServiceSpec spec, Laws laws, Snapshot snapshot, List<Window> windows) {
        var stated = snapshot.decode().kvCapacityTokens();
        var kv =
                stated.known() && stated.orElse(0) >= 1
                        ? Double.valueOf(stated.orElse(0))
                        : decodeKvTokens;
        double tokens = kv == null ? spec.decode().kvTokens() : kv;
        return new Calibration(
                whole(snapshot.prefill()) ? learnPrefill(spec, laws, snapshot, windows) : prefill,
                whole(snapshot.decode()) ? learnDecode(tokens, laws, snapshot, windows) : decode,
                learnTransfer(spec, snapshot, windows),
                kv);
    }

    /// Measured transfers against the modelled link, where it has room: a busy link shows its
    /// queue.
    private Residual learnTransfer(ServiceSpec spec, Snapshot snapshot, List<Window> windows) {
        double measured = snapshot.traffic().kvTransferSecondsMean().orElse(0);
        if (!(measured > 0) || !newest(snapshot, windows)) {
            return transfer;
        }
        var window = windows.getLast();
        double lanes =
                Math.min(
                        snapshot.prefill().ready().orElse(0) * spec.prefill().lanes().perWorker(),
                        snapshot.decode().ready().orElse(0) * spec.decode().lanes().perWorker());
        double bytes = spec.kvBytesPerRequest(window.inputTokens());
        double full = KvTransfer.fullRequestsPerSecond(spec.link(), lanes, bytes);
        double fill = window.arrived() / window.seconds() / full;
        return fill <= LINK_IDLE
                ? transfer.learn(spec.transferSeconds(window.inputTokens()), measured)
                : transfer;
    }

    private static boolean newest(Snapshot snapshot, List<Window> windows) {
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

    /// The mean ITL against the modelled step at the mean batch. Where no engine tells how full its
    /// KV is, the running sequences are taken to hold what sequences of such lengths hold.
    private Residual learnDecode(
            double kvTokens, Laws laws, Snapshot snapshot, List<Window> windows) {
        var pool = snapshot.decode();
        double itl = snapshot.traffic().itlMeanSeconds().orElse(0);
        double replicas = pool.ready().orElse(0);
        double running = pool.runningRequests().orElse(0);
        if (running < replicas || !(pool.kvUsed().known() || newest(snapshot, windows))) {
            return decode;
        }
        double batch = running / replicas;
        double resident =
                pool.kvUsed().known()
                        ? pool.kvUsed().orElse(0) * kvTokens
                        : batch * Estimator.estimate(windows).residentTokensPerSequence();
        double accept = Math.max(1, snapshot.traffic().acceptLength().orElse(1));
        return decode.learn(laws.decode().stepSeconds(batch, resident), itl * accept);
    }

    /// The mean time in prefill execution against the modelled time of the batch that must have
    /// gathered meanwhile. The batch follows from the measured time, so this holds for any model
    /// and any load, until a queue is left over from one iteration to the next.
    private Residual learnPrefill(
            ServiceSpec spec, Laws laws, Snapshot snapshot, List<Window> windows) {
        double seconds = snapshot.traffic().prefillSecondsMean().orElse(0);
        if (!(seconds > 0) || !newest(snapshot, windows)) {
            return prefill;
        }
        var load = Estimator.estimate(List.of(windows.getLast()));
        double rate = load.requestsPerSecond() * (1 - load.localPrefillShare());
        double replicas = snapshot.prefill().ready().orElse(1);
        if (snapshot.prefill().queuedRequests().orElse(0) > 2 * (rate * seconds + replicas)) {
            return prefill;
        }
        double requests = Math.max(1, rate / replicas * seconds);
        double tokens = requests * load.uncachedInputTokens();
        double squares = requests * load.squaresPerRequest();
        double iterations = Math.max(1, tokens / spec.prefill().maxBatchedTokens());
        double each = laws.prefill().iterationSeconds(tokens / iterations, squares / iterations);
        return prefill.learn(each, seconds / iterations);
    }
}
