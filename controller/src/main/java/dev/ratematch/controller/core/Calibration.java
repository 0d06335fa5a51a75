package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.estimate.Window;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;

/// Observed over modelled step time, per role: a bounded factor, learnt slowly and only from
/// windows in which the pool was whole and nothing waited, that refuses a sample far from what it
/// believes until such samples have become the rule.
///
/// @param prefillScale factor on prefill iterations
/// @param decodeScale factor on decode steps
/// @param prefillRefusals prefill samples refused since one was near
/// @param decodeRefusals decode samples refused since one was near
public record Calibration(
        double prefillScale, double decodeScale, int prefillRefusals, int decodeRefusals) {

    /// The model as it is.
    public static final Calibration NONE = new Calibration(1, 1, 0, 0);

    /// The least factor, whatever is observed.
    public static final double LEAST = 0.4;

    /// The largest factor, whatever is observed.
    public static final double MOST = 2.5;

    private static final double GAIN = 0.15;
    private static final double GATE = 0.5;
    private static final int REFUSALS_MAX = 4;

    /// Above this utilisation queueing hides in every measured time.
    private static final double CALM_UTILISATION = 0.5;

    /// One factor with its count of refusals.
    private record Factor(double scale, int refusals) {

        Factor learn(double ratio) {
            if (!(ratio > 0 && ratio < Double.POSITIVE_INFINITY)) {
                return this;
            }
            boolean far = Math.abs(ratio / scale - 1) > GATE;
            if (far && refusals < REFUSALS_MAX) {
                return new Factor(scale, refusals + 1);
            }
            double next = scale + GAIN * (ratio - scale);
            return new Factor(Math.min(MOST, Math.max(LEAST, next)), far ? refusals : 0);
        }
    }

    /// Learns from one consistent window, newest last in `windows`.
    public Calibration learn(ServiceSpec spec, Laws laws, Snapshot snapshot, List<Window> windows) {
        var decode =
                whole(snapshot.decode())
                        ? new Factor(decodeScale, decodeRefusals)
                                .learn(decodeRatio(spec, laws, snapshot))
                        : new Factor(decodeScale, decodeRefusals);
        var prefill =
                whole(snapshot.prefill())
                        ? new Factor(prefillScale, prefillRefusals)
                                .learn(prefillRatio(spec, laws, snapshot, windows))
                        : new Factor(prefillScale, prefillRefusals);
        return new Calibration(
                prefill.scale(), decode.scale(), prefill.refusals(), decode.refusals());
    }

    /// A pool in which every replica serves and nothing waits.
    private static boolean whole(PoolReading pool) {
        double ready = pool.ready().orElse(0);
        return ready >= 1
                && pool.desired().orElse(ready) == ready
                && pool.starting().orElse(0) == 0
                && pool.pending().orElse(0) == 0
                && pool.draining().orElse(0) == 0
                && pool.queuedRequests().orElse(0) == 0
                && pool.waitingForKv().orElse(0) == 0;
    }

    /// The mean ITL against the modelled step at the mean batch; zero when it cannot be told.
    private static double decodeRatio(ServiceSpec spec, Laws laws, Snapshot snapshot) {
        var decode = snapshot.decode();
        var itl = snapshot.traffic().itlMeanSeconds();
        double replicas = decode.ready().orElse(0);
        if (!itl.known()
                || !decode.runningRequests().known()
                || !decode.kvUsed().known()
                || decode.runningRequests().orElse(0) < replicas) {
            return 0;
        }
        double batch = decode.runningRequests().orElse(0) / replicas;
        double resident = decode.kvUsed().orElse(0) * spec.decode().kvTokens();
        double accept = Math.max(1, snapshot.traffic().acceptLength().orElse(1));
        return itl.orElse(0) / (laws.decode().stepSeconds(batch, resident) / accept);
    }

    /// The mean time in prefill execution against the modelled iteration; zero when it cannot be
    /// told, or the pool is too busy to tell.
    private static double prefillRatio(
            ServiceSpec spec, Laws laws, Snapshot snapshot, List<Window> windows) {
        var seconds = snapshot.traffic().prefillSecondsMean();
        if (!seconds.known()
                || windows.isEmpty()
                || windows.getLast().atSeconds() != snapshot.atSeconds()) {
            return 0;
        }
        var load = Estimator.estimate(List.of(windows.getLast()));
        var capacity = new Capacity(spec, laws, load);
        double each =
                load.requestsPerSecond()
                        * (1 - load.localPrefillShare())
                        / snapshot.prefill().ready().orElse(1);
        if (each * capacity.marginalPrefillSeconds() > CALM_UTILISATION) {
            return 0;
        }
        return seconds.orElse(0) / capacity.iterationSeconds(each);
    }
}
