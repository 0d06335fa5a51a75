package dev.ratematch.controller.core;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;

/// Observed over modelled step time, per role: a bounded factor, learnt slowly, that refuses a
/// sample far from what it believes until such samples have become the rule.
///
/// @param prefillScale factor on prefill iterations
/// @param decodeScale factor on decode steps
/// @param decodeRefusals decode samples refused in a row
public record Calibration(double prefillScale, double decodeScale, int decodeRefusals) {

    /// The model as it is.
    public static final Calibration NONE = new Calibration(1, 1, 0);

    private static final double LEAST = 0.4;
    private static final double MOST = 2.5;
    private static final double GAIN = 0.15;
    private static final double GATE = 0.5;
    private static final int REFUSALS_MAX = 4;

    /// Learns from one window of decode: the mean ITL against the step at the mean batch.
    public Calibration learn(ServiceSpec spec, Laws laws, Snapshot snapshot) {
        var decode = snapshot.decode();
        var itl = snapshot.traffic().itlMeanSeconds();
        double replicas = decode.ready().orElse(0);
        if (!itl.known()
                || !decode.runningRequests().known()
                || !decode.kvUsed().known()
                || replicas < 1
                || decode.runningRequests().orElse(0) < replicas) {
            return this;
        }
        double batch = decode.runningRequests().orElse(0) / replicas;
        double resident = decode.kvUsed().orElse(0) * spec.decode().kvTokens();
        double accept = Math.max(1, snapshot.traffic().acceptLength().orElse(1));
        double modelled = laws.decode().stepSeconds(batch, resident) / accept;
        double ratio = itl.orElse(0) / modelled;
        if (!(ratio > 0)) {
            return this;
        }
        boolean far = Math.abs(ratio / decodeScale - 1) > GATE;
        if (far && decodeRefusals < REFUSALS_MAX) {
            return new Calibration(prefillScale, decodeScale, decodeRefusals + 1);
        }
        double next = decodeScale + GAIN * (ratio - decodeScale);
        return new Calibration(prefillScale, Math.min(MOST, Math.max(LEAST, next)), 0);
    }
}
