package dev.ratematch.controller.capacity;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.spec.ServiceSpec;

/// Requests per second that pools of given sizes carry under the promise.
///
/// Prefill is a bulk server: an iteration takes what has arrived, up to the token budget, and its
/// queue is priced by Allen-Cunneen on the marginal service time with the measured dispersion.
/// Decode is Little's law at the largest batch whose step, one deviation up, keeps the promise.
public final class Capacity {

    private static final double TRANSFER_UTILISATION_MAX = 0.7;
    private static final double KV_HEADROOM = 0.92;
    private static final double STABLE_UTILISATION = 0.9;
    private static final int BISECTIONS = 40;

    private final ServiceSpec spec;
    private final Laws laws;
    private final WorkloadEstimate load;
    private final double z;
    private final double tail;

    /// Fixes the workload's shape; the rate is what is asked for.
    public Capacity(ServiceSpec spec, Laws laws, WorkloadEstimate load) {
        this.spec = spec;
        this.laws = laws;
        this.load = load;
        double q = spec.slo().percentile() / 100;
        this.tail = -StrictMath.log(1 - q);
        this.z = normalQuantile(q);
    }

    /// The most requests per second that `replicas` prefill replicas carry with TTFT kept; zero
    /// when no rate does.
    public double prefillRequestsPerSecond(int replicas) {
        double share = 1 - load.localPrefillShare();
        if (share <= 0) {
            return Double.MAX_VALUE;
        }
        double ceiling = replicas / marginalPrefillSeconds();
        if (!(ttftSeconds(replicas, 0) <= spec.slo().ttftSeconds())) {
            return 0;
        }
        double low = 0;
        double high = ceiling;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (ttftSeconds(replicas, middle) <= spec.slo().ttftSeconds()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low / share;
    }

    /// TTFT at the promise's percentile, seconds: wait, iteration, exposed transfer, first step.
    /// Infinite at and above saturation.
    public double ttftSeconds(int replicas, double requestsPerSecond) {
        double marginal = marginalPrefillSeconds();
        double rho = requestsPerSecond * marginal / replicas;
        if (rho >= 1) {
            return Double.POSITIVE_INFINITY;
        }
        double variability =
                (load.dispersionWithin(spec.slo().ttftSeconds()) + load.inputCv2()) / 2;
        double wait =
                marginal
                        * variability
                        * StrictMath.pow(rho, StrictMath.sqrt(2.0 * (replicas + 1)) - 1)
                        / (replicas * (1 - rho));
        double iteration = iterationSeconds(requestsPerSecond / replicas);
        double firstStep = laws.decode().stepSeconds(1, load.residentTokensPerSequence());
        // An arrival meets half an iteration in progress on average, a whole one at the tail.
        return wait * tail + iteration * (1 + rho) + exposedTransferSeconds(iteration) + firstStep;
    }

    /// Seconds that one request adds to a full iteration.
    public double marginalPrefillSeconds() {
        double tokens = spec.prefill().maxBatchedTokens();
        double requests = tokens / Math.max(1, load.uncachedInputTokens());
        return laws.prefill().iterationSeconds(tokens, requests * load.squaresPerRequest())
                / requests;
    }

    /// The iteration that, while it runs, lets in exactly what the next one takes, seconds.
    public double iterationSeconds(double requestsPerSecondPerReplica) {
        double requests = 1;
        double seconds = 0;
        for (int i = 0; i < 20; i++) {
            seconds =
                    laws.prefill()
                            .iterationSeconds(
                                    requests * load.uncachedInputTokens(),
                                    requests * load.squaresPerRequest());
            double most =
                    Math.max(1, spec.prefill().maxBatchedTokens())
                            / Math.max(1, load.uncachedInputTokens());
            requests = Math.max(1, Math.min(most, requestsPerSecondPerReplica * seconds));
        }
        return seconds;
    }

    private double exposedTransferSeconds(double prefillSeconds) {
        double bytes = load.inputTokens() * spec.kvBytesPerToken();
        int lanes = Math.min(spec.prefill().gpusPerReplica(), spec.decode().gpusPerReplica());
        double seconds = bytes / (lanes * spec.link().bytesPerSecondPerGpu());
        double whole = seconds + spec.link().latencySeconds();
        return switch (spec.link().mode()) {
            case PULL, PUSH -> whole;
            case LAYERWISE -> Math.max(0, seconds - prefillSeconds) + spec.link().latencySeconds();
        };
    }

    /// The most requests per second that `replicas` decode replicas carry with ITL kept and KV
    /// fitting; zero when not even one sequence does.
    public double decodeRequestsPerSecond(int replicas) {
        double batch = decodeBatch(replicas);
        if (batch <= 0) {
            return 0;
        }
        double step = stepSeconds(batch);
        return replicas * batch * load.acceptLength() / (load.outputTokens() * step);
    }

    /// Mean sequences per replica at capacity. The pool's fluctuation is shared by its replicas.
    public double decodeBatch(int replicas) {
        double most = Math.min(spec.decode().maxSequences(), kvSequences());
        double low = 0;
        double high = most;
        for (int i = 0; i < BISECTIONS; i++) {
            double mean = (low + high) / 2;
            double busy = mean + z * StrictMath.sqrt(mean / replicas);
            boolean keeps =
                    busy <= most
                            && stepSeconds(busy) <= spec.slo().itlSeconds() * load.acceptLength();
            if (keeps) {
                low = mean;
            } else {
                high = mean;
            }
        }
        boolean one = stepSeconds(1) <= spec.slo().itlSeconds() * load.acceptLength();
        return one && most >= 1 ? low : 0;
    }

    /// Mean ITL, seconds, of decode replicas at a rate: Little's law at the batch that gathers.
    /// Infinite where the batch would exceed what a replica takes.
    public double itlSeconds(int replicas, double requestsPerSecond) {
        double most = Math.min(spec.decode().maxSequences(), kvSequences());
        double tokens = requestsPerSecond * load.outputTokens() / replicas;
        double low = 0;
        double high = most;
        if (most < 1 || most * load.acceptLength() / stepSeconds(most) < tokens) {
            return Double.POSITIVE_INFINITY;
        }
        for (int i = 0; i < BISECTIONS; i++) {
            double batch = (low + high) / 2;
            if (batch * load.acceptLength() / stepSeconds(batch) < tokens) {
                low = batch;
            } else {
                high = batch;
            }
        }
        // A batch below one is one sequence, some of the time.
        return stepSeconds(Math.max(1, high)) / load.acceptLength();
    }

    private double stepSeconds(double sequences) {
        return laws.decode().stepSeconds(sequences, sequences * load.residentTokensPerSequence());
    }

    /// The most requests per second whose KV the NICs of both pools carry.
    public double transferRequestsPerSecond(int prefillReplicas, int decodeReplicas) {
        double bytes = load.inputTokens() * spec.kvBytesPerToken();
        int gpus =
                Math.min(
                        prefillReplicas * spec.prefill().gpusPerReplica(),
                        decodeReplicas * spec.decode().gpusPerReplica());
        double pool = gpus * spec.link().bytesPerSecondPerGpu() * TRANSFER_UTILISATION_MAX;
        return pool / (bytes * Math.max(1e-9, 1 - load.localPrefillShare()));
    }

    /// Whether no replica count can keep the promise: the service times alone break it.
    public boolean unreachable() {
        return prefillUnreachable() || decodeUnreachable();
    }

    private boolean prefillUnreachable() {
        return load.localPrefillShare() < 1 && !(ttftSeconds(1, 0) <= spec.slo().ttftSeconds());
    }

    private boolean decodeUnreachable() {
        return decodeBatch(1) <= 0;
    }

    /// What to size prefill by: the rate under the promise, or where no size keeps it, the rate
    /// that does not let the queue grow.
    public double prefillSizingRequestsPerSecond(int replicas) {
        if (!prefillUnreachable()) {
            return prefillRequestsPerSecond(replicas);
        }
        double share = 1 - load.localPrefillShare();
        return STABLE_UTILISATION * replicas / (marginalPrefillSeconds() * share);
    }

    /// What to size decode by: the rate under the promise, or where no size keeps it, the rate of
    /// full batches.
    public double decodeSizingRequestsPerSecond(int replicas) {
        if (!decodeUnreachable()) {
            return decodeRequestsPerSecond(replicas);
        }
        double batch = Math.min(spec.decode().maxSequences(), kvSequences());
        if (batch < 1) {
            return 0;
        }
        double perStep = replicas * batch * load.acceptLength() / load.outputTokens();
        return STABLE_UTILISATION * perStep / stepSeconds(batch);
    }

    /// Whether KV, rather than step time or the engine's batch limit, bounds the decode batch.
    public boolean kvBinds() {
        double sequences = kvSequences();
        return sequences < spec.decode().maxSequences()
                && stepSeconds(sequences) <= spec.slo().itlSeconds() * load.acceptLength();
    }

    private double kvSequences() {
        return KV_HEADROOM * spec.decode().kvTokens() / load.residentTokensPerSequence();
    }

    /// The standard normal quantile by Abramowitz and Stegun 26.2.23, absolute error below 4.5e-4.
    static double normalQuantile(double q) {
        double p = Math.min(q, 1 - q);
        double t = StrictMath.sqrt(-2 * StrictMath.log(p));
        double x =
                t
                        - (2.515517 + t * (0.802853 + t * 0.010328))
                                / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
        return q >= 0.5 ? x : -x;
    }
}
