package dev.ratematch.costmodel.closed;

import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.queue.DecodeBatch;
import dev.ratematch.costmodel.queue.PrefillQueue;
import dev.ratematch.costmodel.queue.Residence;

/// Prefill and decode engines under a closed load: a queue at prefill, a transfer, a decode batch.
///
/// Throughput X solves `X (TTFT(X) + (OSL - 1) TPOT(X)) = concurrency`, whose left side grows with
/// X: more decode sequences make slower steps, busier prefill makes longer queues. X ends where
/// either side is full; past the places of decode, requests wait for one to become free.
///
/// @param prefill prefill engine
/// @param prefills how many
/// @param decode decode engine
/// @param decodes how many
/// @param batchLimit requests that one decode engine runs at once, whatever its cache holds
/// @param budgetTokens tokens of one prefill iteration of a copy of attention
/// @param transferSeconds exposed transfer of one prompt
public record Disaggregated(
        CompiledWorker prefill,
        int prefills,
        CompiledWorker decode,
        int decodes,
        double batchLimit,
        double budgetTokens,
        double transferSeconds) {

    private static final int BISECTIONS = 60;

    /// Variability of prompts that are alike and arrive as a Poisson process.
    private static final double ALIKE = 0.5;

    /// Share of the most that decode carries from which it counts as full.
    private static final double FULL = 1 - 1e-9;

    /// Latencies under a load.
    public ClosedLatency under(ClosedLoad load) {
        double alone = prefillSeconds(load);
        double low = 0;
        double marginal = marginalSeconds(load);
        double full = fullDecode(load);
        double high = Math.min(servers() / marginal, full);
        for (int i = 0; i < BISECTIONS; i++) {
            double rate = (low + high) / 2;
            double tpot = tpot(load, rate);
            double inside = rate * (ttft(rate, alone, marginal) + (load.outputTokens() - 1) * tpot);
            if (inside <= load.concurrency()) {
                low = rate;
            } else {
                high = rate;
            }
        }
        double tpot = tpot(load, low);
        double answer = (load.outputTokens() - 1) * tpot;
        double ttft = Math.max(alone + transferSeconds, load.concurrency() / low - answer);
        double admission = low < FULL * full ? 0 : Math.max(0, ttft - ttft(low, alone, marginal));
        double burst = load.burstSeconds(load.concurrency() / servers(), marginal);
        return new ClosedLatency(ttft + burst, tpot, low, alone, 0, burst, admission);
    }

    /// Requests a second that full decode batches carry; no end where all in flight find a place.
    private double fullDecode(ClosedLoad load) {
        double places = places(load);
        if (places >= load.concurrency() / decodes) {
            return Double.POSITIVE_INFINITY;
        }
        return decodes
                * DecodeBatch.requestsPerSecond(places, load.outputTokens(), step(load, places));
    }

    private double places(ClosedLoad load) {
        double cached = Residence.reserved(decode.kvCapacityTokens(), load.finalTokens());
        return Math.max(1, Math.min(cached, batchLimit));
    }

    private double prefillSeconds(ClosedLoad load) {
        double copies = prefill.parallelism().attentionData();
        double tokens = copies * load.inputTokens();
        return prefill.prefillIterationSeconds(tokens, tokens * load.inputTokens());
    }

    /// Prefill that one more prompt adds to a full iteration of its copy. All copies work at once.
    private double marginalSeconds(ClosedLoad load) {
        double copies = prefill.parallelism().attentionData();
        double input = load.inputTokens();
        double prompts = copies * Math.max(1, budgetTokens / input);
        return copies
                * PrefillQueue.marginalSeconds(
                        prefill::prefillIterationSeconds, prompts, input, input * input);
    }

    private double servers() {
        return prefills * (double) prefill.parallelism().attentionData();
    }

    /// @param marginal prefill that one more prompt adds to a full iteration of its copy
    private double ttft(double rate, double alone, double marginal) {
        double wait = PrefillQueue.waitSeconds(marginal, servers(), rate, ALIKE);
        if (Double.isInfinite(wait)) {
            return wait;
        }
        double busy = PrefillQueue.busy(marginal, servers(), rate);
        return wait + alone + PrefillQueue.inProgressSeconds(alone, busy) + transferSeconds;
    }

    /// The step at which so many requests a second keep their answers running.
    private double tpot(ClosedLoad load, double rate) {
        double most = Math.min(load.concurrency() / decodes, places(load));
        double batch =
                DecodeBatch.gathering(
                        rate / decodes,
                        most,
                        b -> DecodeBatch.requestsPerSecond(b, load.outputTokens(), step(load, b)));
        return step(load, Math.max(batch, 1e-3));
    }

    private double step(ClosedLoad load, double batch) {
        return decode.decodeStepSeconds(batch, batch * load.residentTokens());
    }
}
