package dev.ratematch.controller.capacity;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.queue.DecodeBatch;
import dev.ratematch.costmodel.queue.Independent;
import dev.ratematch.costmodel.queue.PrefillQueue;
import dev.ratematch.costmodel.queue.PromptWait;
import dev.ratematch.costmodel.queue.Residence;
import dev.ratematch.costmodel.transfer.KvTransfer;
import java.util.HashMap;
import java.util.Map;

/// Requests per second that pools of given sizes carry under the promise.
///
/// Composes the formulas of `costmodel.queue` and `costmodel.transfer` for a promise at a
/// percentile; a plan for a load asks it too. Prefill waits with the measured dispersion; decode
/// runs the largest batch whose step, some deviations up, keeps the promise. Confined to one
/// thread: rates that were found are kept.
public final class Capacity {

    private static final double STABLE_UTILISATION = 0.9;
    private static final int BISECTIONS = 40;

    /// In place of a quantile.
    private static final double MEAN = -1;

    private final ServiceSpec spec;
    private final Laws laws;
    private final WorkloadEstimate load;
    private final double z;
    private final double quantile;
    private final double marginalPrefill;
    private final double localPrefill;
    private final PrefillBatches batches;
    private final double mostSequences;
    private final double busiest;
    private final double busiestStep;
    private final Map<Integer, Double> prefillRates = new HashMap<>();

    /// Fixes the workload's shape; the rate is what is asked for. What does not depend on a pool's
    /// size is worked out here, so that a size costs a closed form.
    public Capacity(ServiceSpec spec, Laws laws, WorkloadEstimate load) {
        this.spec = spec;
        this.laws = laws;
        this.load = load;
        this.quantile = spec.slo().percentile() / 100;
        this.z = normalQuantile(quantile);
        double tokens = spec.prefill().maxBatchedTokens();
        double each = Math.max(1, load.uncachedInputTokens());
        this.marginalPrefill =
                PrefillQueue.marginalSeconds(
                        laws.cadence()::iterationSeconds,
                        tokens / each,
                        each,
                        load.squaresPerRequest());
        this.localPrefill =
                load.localPrefillShare() > 0
                        ? load.localPrefillShare()
                                * laws.local()
                                        .iterationSeconds(
                                                load.uncachedInputTokens(),
                                                load.squaresPerRequest())
                        : 0;
        this.batches = PrefillBatches.of(laws.cadence(), load, spec.prefill().maxBatchedTokens());
        this.mostSequences = Math.min(spec.decode().maxSequences(), kvSequences());
        this.busiest = busiestBatch();
        this.busiestStep = firstStep(busiest);
    }

    /// The most requests per second that `replicas` prefill replicas carry with TTFT kept; zero
    /// when no rate does.
    public double prefillRequestsPerSecond(int replicas) {
        double share = 1 - load.localPrefillShare();
        if (share <= 0) {
            return Double.MAX_VALUE;
        }
        return prefillRates.computeIfAbsent(replicas, this::prefillRate) / share;
    }

    private double prefillRate(int replicas) {
        return Crossing.before(
                rate -> ttftSeconds(replicas, rate),
                spec.slo().ttftSeconds(),
                replicas / marginalPrefill,
                BISECTIONS);
    }

    /// TTFT at the promise's percentile, seconds: wait, iteration, exposed transfer, first step of
    /// a decode batch that is as large as the promise lets it be. Infinite at and above saturation.
    public double ttftSeconds(int replicas, double requestsPerSecond) {
        return ttft(replicas, requestsPerSecond, quantile, busiest, busiestStep);
    }

    /// The same with the first step of the batch that gathers on so many decode replicas.
    public double ttftSeconds(int replicas, int decodeReplicas, double requestsPerSecond) {
        double batch = gathering(requestsPerSecond / decodeReplicas);
        return ttft(replicas, requestsPerSecond, quantile, batch, firstStep(batch));
    }

    /// Mean TTFT, seconds. Infinite at and above saturation.
    public double ttftMeanSeconds(int replicas, double requestsPerSecond) {
        return ttft(replicas, requestsPerSecond, MEAN, busiest, busiestStep);
    }

    /// The same with the first step of the batch that gathers on so many decode replicas.
    public double ttftMeanSeconds(int replicas, int decodeReplicas, double requestsPerSecond) {
        double batch = gathering(requestsPerSecond / decodeReplicas);
        return ttft(replicas, requestsPerSecond, MEAN, batch, firstStep(batch));
    }

    /// TTFT at a quantile, or its mean.
    ///
    /// @param q 0 to 1, or [#MEAN]
    /// @param batch mean batch of a decode replica
    /// @param step of that batch, seconds
    private double ttft(
            int replicas, double requestsPerSecond, double q, double batch, double step) {
        double busy = PrefillQueue.busy(marginalPrefill, replicas, requestsPerSecond);
        if (busy >= 1) {
            return Double.POSITIVE_INFINITY;
        }
        double each = requestsPerSecond / replicas;
        double probability =
                PromptWait.probability(busy, each * batches.iterationSeconds(each), replicas);
        double cadence = batches.seenSeconds(each * probability);
        double iteration = cadence * laws.overlap();
        var wait =
                PromptWait.of(
                        probability,
                        cadence,
                        marginalPrefill,
                        replicas,
                        requestsPerSecond,
                        variability(),
                        load.inputCv2());
        // Who comes while a step runs waits for what remains of it.
        double met = step * Math.min(1, batch);
        double usual = wait.meanSeconds() + iteration + step + met / 2;
        double transfer = exposedTransferSeconds(iteration);
        if (q == MEAN) {
            return usual + transfer;
        }
        double own = z * StrictMath.sqrt(load.inputCv2()) * marginalPrefill * laws.overlap();
        return transfer
                + Independent.NONE
                        .plus(wait.meanSeconds(), wait.quantileSeconds(q))
                        .plus(iteration, iteration + own)
                        .plus(step + met / 2, step + q * met)
                        .quantile();
    }

    /// The most requests per second that pools of these sizes finish, whatever the latency: full
    /// iterations, full links and full batches.
    public double saturatedRequestsPerSecond(int prefillReplicas, int decodeReplicas) {
        double decode = decodeFullRequestsPerSecond(decodeReplicas);
        if (load.localPrefillShare() >= 1) {
            return decode;
        }
        double links =
                transferRequestsPerSecond(prefillReplicas, decodeReplicas) / KvTransfer.FILL_MAX;
        return Math.min(decode, Math.min(links, prefillFullRequestsPerSecond(prefillReplicas)));
    }

    /// What prefill replicas finish in full iterations, whatever the latency; infinite where decode
    /// prefills all by itself.
    public double prefillFullRequestsPerSecond(int replicas) {
        double share = 1 - load.localPrefillShare();
        return share <= 0 ? Double.POSITIVE_INFINITY : replicas / (marginalPrefill * share);
    }

    /// What decode replicas finish with full batches, whatever the latency.
    public double decodeFullRequestsPerSecond(int replicas) {
        return mostSequences < 1 ? 0 : replicas * rateOf(mostSequences);
    }

    /// Share of a decode replica's KV that a batch of that many sequences holds.
    public double kvFill(double sequences) {
        return sequences * load.residentTokensPerSequence() / spec.decode().kvTokens();
    }

    /// Mean of the squared coefficients of variation of arrivals and of prompts.
    private double variability() {
        return (load.dispersionWithin(spec.slo().ttftSeconds()) + load.inputCv2()) / 2;
    }

    /// Seconds that one request adds to a full iteration.
    public double marginalPrefillSeconds() {
        return marginalPrefill;
    }

    /// The time between two begins of iterations in which exactly what the next one takes arrives,
    /// seconds.
    public double iterationSeconds(double requestsPerSecondPerReplica) {
        return batches.iterationSeconds(requestsPerSecondPerReplica);
    }

    /// What the transfer of a request adds to its TTFT, seconds, behind a prefill of that length.
    double exposedTransferSeconds(double prefillSeconds) {
        double bytes = spec.kvBytesPerRequest(load.inputTokens());
        return KvTransfer.exposedSeconds(
                spec.link(), spec.lanes(), bytes, prefillSeconds, spec.layers());
    }

    /// The most requests per second that `replicas` decode replicas carry with ITL kept and KV
    /// fitting; zero when not even one sequence does.
    public double decodeRequestsPerSecond(int replicas) {
        double batch = decodeBatch(replicas);
        return batch <= 0 ? 0 : replicas * rateOf(batch);
    }

    /// Requests per second of one replica that holds a batch: Little's law for all sequences of a
    /// request, with the time that prompts prefilled here take from the steps.
    private double rateOf(double batch) {
        double tokens = load.sequencesPerRequest() * load.outputTokens();
        double stay = tokens * stepSeconds(batch) / load.acceptLength();
        return batch / (stay + batch * localPrefill);
    }

    /// Mean sequences per replica at capacity. The pool's fluctuation is shared by its replicas:
    /// with `z` deviations of a Poisson count on top of it, the mean is at the busiest batch that
    /// keeps the promise.
    public double decodeBatch(int replicas) {
        if (busiest <= 0) {
            return 0;
        }
        double spread = z / StrictMath.sqrt(replicas);
        double root = (StrictMath.sqrt(spread * spread + 4 * busiest) - spread) / 2;
        return root * root;
    }

    /// The largest batch whose tokens keep the promise; zero where not even one sequence does.
    private double busiestBatch() {
        if (mostSequences < 1 || !(itlOf(1, 0) <= spec.slo().itlSeconds())) {
            return 0;
        }
        double low = 0;
        double high = mostSequences;
        if (keeps(high)) {
            return high;
        }
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (keeps(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean keeps(double batch) {
        return itlOf(batch, rateOf(batch) * localPrefill) <= spec.slo().itlSeconds();
    }

    /// ITL of a batch, seconds, where a share of the time goes into prompts.
    private double itlOf(double batch, double prefilling) {
        return stepSeconds(batch) / (load.acceptLength() * (1 - prefilling));
    }

    /// Mean ITL, seconds, of decode replicas at a rate: Little's law at the batch that gathers.
    /// Infinite where the batch would exceed what a replica takes.
    public double itlSeconds(int replicas, double requestsPerSecond) {
        return itl(replicas, requestsPerSecond, 0);
    }

    /// ITL at the promise's percentile, seconds: as many deviations of a Poisson count above the
    /// batch that gathers as [#decodeBatch] keeps room for.
    public double itlAtPercentileSeconds(int replicas, double requestsPerSecond) {
        return itl(replicas, requestsPerSecond, z);
    }

    private double itl(int replicas, double requestsPerSecond, double deviations) {
        double each = requestsPerSecond / replicas;
        if (mostSequences < 1 || rateOf(mostSequences) < each) {
            return Double.POSITIVE_INFINITY;
        }
        double batch = gathering(each);
        double busy = batch + deviations * StrictMath.sqrt(batch / replicas);
        // A batch below one is one sequence, some of the time.
        return itlOf(Math.clamp(busy, 1, Math.max(1, mostSequences)), each * localPrefill);
    }

    /// The mean batch of a decode replica that so many requests a second come to.
    private double gathering(double requestsPerSecond) {
        return DecodeBatch.gathering(requestsPerSecond, mostSequences, this::rateOf);
    }

    private double firstStep(double batch) {
        return stepSeconds(Math.max(1, batch));
    }

    private double stepSeconds(double sequences) {
        return laws.decode().stepSeconds(sequences, sequences * load.residentTokensPerSequence());
    }

    /// The most requests per second whose KV the NICs of both pools carry.
    public double transferRequestsPerSecond(int prefillReplicas, int decodeReplicas) {
        return Math.min(
                egressRequestsPerSecond(prefillReplicas), ingressRequestsPerSecond(decodeReplicas));
    }

    /// The most requests per second whose KV the NICs of prefill send.
    public double egressRequestsPerSecond(int replicas) {
        return transferred(replicas * spec.prefill().lanes().perWorker());
    }

    /// The most requests per second whose KV the NICs of decode receive.
    public double ingressRequestsPerSecond(int replicas) {
        return transferred(replicas * spec.decode().lanes().perWorker());
    }

    private double transferred(double lanes) {
        double bytes = spec.kvBytesPerRequest(load.inputTokens());
        double most = KvTransfer.requestsPerSecond(spec.link(), lanes, bytes);
        return most / Math.max(1e-9, 1 - load.localPrefillShare());
    }

    /// Whether no replica count can keep the promise: the service times alone break it.
    public boolean unreachable() {
        return prefillUnreachable() || decodeUnreachable();
    }

    private boolean prefillUnreachable() {
        return load.localPrefillShare() < 1 && !(ttftSeconds(1, 0) <= spec.slo().ttftSeconds());
    }

    private boolean decodeUnreachable() {
        return busiest <= 0;
    }

    /// What to size prefill by: the rate under the promise, or where no size keeps it, the rate
    /// that does not let the queue grow.
    public double prefillSizingRequestsPerSecond(int replicas) {
        if (!prefillUnreachable()) {
            return prefillRequestsPerSecond(replicas);
        }
        double share = 1 - load.localPrefillShare();
        return STABLE_UTILISATION * replicas / (marginalPrefill * share);
    }

    /// What to size decode by: the rate under the promise, or where no size keeps it, the rate of
    /// full batches.
    public double decodeSizingRequestsPerSecond(int replicas) {
        if (!decodeUnreachable()) {
            return decodeRequestsPerSecond(replicas);
        }
        return mostSequences < 1 ? 0 : STABLE_UTILISATION * replicas * rateOf(mostSequences);
    }

    /// Whether KV, rather than step time or the engine's batch limit, bounds the decode batch.
    public boolean kvBinds() {
        double sequences = kvSequences();
        return sequences < spec.decode().maxSequences()
                && stepSeconds(sequences) <= spec.slo().itlSeconds() * load.acceptLength();
    }

    private double kvSequences() {
        return Residence.sequences(spec.decode().kvTokens(), load.residentTokensPerSequence());
    }

    /// The standard normal quantile by Abramowitz and Stegun 26.2.23, absolute error below 4.5e-4.
    public static double normalQuantile(double q) {
        double p = Math.min(q, 1 - q);
        double t = StrictMath.sqrt(-2 * StrictMath.log(p));
        double x =
                t
                        - (2.515517 + t * (0.802853 + t * 0.010328))
                                / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
        return q >= 0.5 ? x : -x;
    }
}
