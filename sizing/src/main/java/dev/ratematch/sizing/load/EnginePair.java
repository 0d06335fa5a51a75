package dev.ratematch.sizing.load;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.capacity.DecodeLaw;
import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.capacity.PrefillLaw;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.Defaults;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.frontier.points.Pricing;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.transfer.Lanes;
import java.util.Optional;

/// A prefill engine and a decode engine under one kind of traffic: what any number of them keeps,
/// by the queueing law that the controller sizes fleets with.
///
/// Of one thing the controller knows nothing, since it learns an engine's speed while it runs: a
/// prompt holds one copy of attention for as long as one on each copy would hold them all.
final class EnginePair {

    /// Promises so wide that latencies are never cut at them.
    private static final double ANY_SECONDS = 1e6;

    private final Target target;
    private final CompiledWorker prefill;
    private final CompiledWorker decode;
    private final Capacity promised;
    private final Capacity free;
    private final int copies;

    private EnginePair(
            Target target, CompiledWorker prefill, CompiledWorker decode, Traffic traffic) {
        this.target = target;
        this.prefill = prefill;
        this.decode = decode;
        this.copies = prefill.parallelism().attentionData();
        this.promised = capacity(traffic, target.ttftSeconds(), target.itlSeconds());
        this.free = capacity(traffic, ANY_SECONDS, ANY_SECONDS);
    }

    /// The pair, where it may be one and a sequence fits.
    static Optional<EnginePair> of(
            Target target, CompiledWorker prefill, CompiledWorker decode, Traffic traffic) {
        boolean fits =
                target.pairing().allows(prefill, decode, target.model())
                        && Pricing.sequencesThatFit(decode, target.load()) >= 1
                        && prefill.kvCapacityTokens() >= target.load().inputTokens();
        return fits
                ? Optional.of(new EnginePair(target, prefill, decode, traffic))
                : Optional.empty();
    }

    private double prefillSeconds(double tokens, double squares) {
        double all = Math.max(1, copies * target.load().newTokens() / Math.max(1, tokens));
        return Pricing.prefillSeconds(prefill, all * tokens, all * squares);
    }

    private double decodeSeconds(double sequences, double residentTokens) {
        double drafts = target.load().draftTokens();
        return decode.decodeStepSeconds(sequences * (1 + drafts), residentTokens)
                * (1 + drafts / target.model().layers())
                / Pricing.stageBalance(decode, target.model());
    }

    private Capacity capacity(Traffic traffic, double ttft, double itl) {
        PrefillLaw iterations = this::prefillSeconds;
        DecodeLaw steps = this::decodeSeconds;
        var load = target.load();
        var spec =
                new ServiceSpec(
                        new Slo(ttft, itl, traffic.percentile()),
                        prefill.gpus() + decode.gpus(),
                        pool(prefill, Integer.MAX_VALUE),
                        pool(decode, (int) Pricing.sequencesThatFit(decode, load)),
                        target.link(),
                        prefill.distinctKvBytesPerToken(),
                        target.model().layers(),
                        Tuning.DEFAULT);
        var estimate =
                new WorkloadEstimate(
                        0,
                        load.inputTokens(),
                        load.newTokens(),
                        traffic.inputCv() * traffic.inputCv(),
                        load.outputTokens(),
                        0,
                        traffic.dispersion(),
                        target.ttftSeconds(),
                        load.acceptLength(),
                        0,
                        0,
                        0,
                        1);
        return new Capacity(
                spec,
                new Laws(iterations, steps, iterations, Pricing.overlap(prefill, target.model())),
                estimate);
    }

    private PoolSpec pool(CompiledWorker worker, int maxSequences) {
        return new PoolSpec(
                worker.gpus(),
                1,
                Integer.MAX_VALUE,
                0,
                0,
                Defaults.BATCHED_TOKENS * worker.parallelism().attentionData(),
                maxSequences,
                worker.kvCapacityTokens(),
                Lanes.of(target.model(), worker.parallelism()));
    }

    CompiledWorker prefill() {
        return prefill;
    }

    CompiledWorker decode() {
        return decode;
    }

    /// GPUs of so many replicas of either.
    int gpus(int prefillReplicas, int decodeReplicas) {
        return prefillReplicas * prefill.gpus() + decodeReplicas * decode.gpus();
    }

    /// The most requests per second that prefill replicas keep TTFT at, and whose KV they send.
    double prefillRate(int replicas) {
        return Math.min(
                promised.prefillRequestsPerSecond(replicas),
                promised.egressRequestsPerSecond(replicas));
    }

    /// The most requests per second that decode replicas keep ITL at, and whose KV they receive.
    double decodeRate(int replicas) {
        return Math.min(
                promised.decodeRequestsPerSecond(replicas),
                promised.ingressRequestsPerSecond(replicas));
    }

    /// The most requests per second at which both promises are kept; 0 without a replica of either.
    double rate(int prefillReplicas, int decodeReplicas) {
        return prefillReplicas < 1 || decodeReplicas < 1
                ? 0
                : Math.min(prefillRate(prefillReplicas), decodeRate(decodeReplicas));
    }

    /// Latencies at a rate.
    Latencies latencies(int prefillReplicas, int decodeReplicas, double requestsPerSecond) {
        return new Latencies(
                free.ttftMeanSeconds(prefillReplicas, decodeReplicas, requestsPerSecond),
                free.ttftSeconds(prefillReplicas, decodeReplicas, requestsPerSecond),
                free.itlSeconds(decodeReplicas, requestsPerSecond),
                free.itlAtPercentileSeconds(decodeReplicas, requestsPerSecond));
    }

    /// Clients that keep so many requests per second going.
    double clients(int prefillReplicas, int decodeReplicas, double requestsPerSecond) {
        var at = latencies(prefillReplicas, decodeReplicas, requestsPerSecond);
        return requestsPerSecond
                * (at.ttftMeanSeconds() + (target.load().outputTokens() - 1) * at.itlMeanSeconds());
    }

    /// Share of the time that full prefill iterations would take at a rate.
    double prefillBusy(int replicas, double requestsPerSecond) {
        return requestsPerSecond / free.prefillFullRequestsPerSecond(replicas);
    }

    /// Share of the rate of the largest batches that fit which is asked of decode.
    double decodeBusy(int replicas, double requestsPerSecond) {
        return requestsPerSecond / free.decodeFullRequestsPerSecond(replicas);
    }

    /// TTFT at the percentile without any other request, seconds.
    double leastTtftSeconds() {
        return free.ttftSeconds(1, 1, 0);
    }

    /// ITL of a single sequence, seconds.
    double leastItlSeconds() {
        return free.itlSeconds(1, 0);
    }
}
