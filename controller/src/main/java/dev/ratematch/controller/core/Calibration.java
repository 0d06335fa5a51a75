package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;

/// The online residual of both roles, learnt only from windows in which the pool was whole.
public record Calibration(Residual prefill, Residual decode) {

    /// The model as it is.
    public static final Calibration NONE = new Calibration(Residual.NONE, Residual.NONE);

    /// The laws, corrected.
    public Laws apply(Laws laws) {
        return new Laws(
                (tokens, squares) ->
                        prefill.correct(laws.prefill().iterationSeconds(tokens, squares)),
                (sequences, resident) ->
                        decode.correct(laws.decode().stepSeconds(sequences, resident)));
    }

    /// Learns from one consistent window, newest last in `windows`.
    public Calibration learn(ServiceSpec spec, Laws laws, Snapshot snapshot, List<Window> windows) {
        return new Calibration(
                whole(snapshot.prefill()) ? learnPrefill(spec, laws, snapshot, windows) : prefill,
                whole(snapshot.decode()) ? learnDecode(spec, laws, snapshot) : decode);
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

    /// The mean ITL against the modelled step at the mean batch.
    private Residual learnDecode(ServiceSpec spec, Laws laws, Snapshot snapshot) {
        var pool = snapshot.decode();
        double itl = snapshot.traffic().itlMeanSeconds().orElse(0);
        double replicas = pool.ready().orElse(0);
        double running = pool.runningRequests().orElse(0);
        if (!pool.kvUsed().known() || running < replicas) {
            return decode;
        }
        double batch = running / replicas;
        double resident = pool.kvUsed().orElse(0) * spec.decode().kvTokens();
        double accept = Math.max(1, snapshot.traffic().acceptLength().orElse(1));
        return decode.learn(laws.decode().stepSeconds(batch, resident), itl * accept);
    }

    /// The mean time in prefill execution against the modelled time of the batch that must have
    /// gathered meanwhile. The batch follows from the measured time, so this holds for any model
    /// and any load, until a queue is left over from one iteration to the next.
    private Residual learnPrefill(
            ServiceSpec spec, Laws laws, Snapshot snapshot, List<Window> windows) {
        double seconds = snapshot.traffic().prefillSecondsMean().orElse(0);
        if (!(seconds > 0)
                || windows.isEmpty()
                || windows.getLast().atSeconds() != snapshot.atSeconds()) {
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
