package dev.ratematch.costmodel.closed;

import dev.ratematch.costmodel.phase.CompiledWorker;

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

    /// Share of the most that decode carries from which it counts as full.
    private static final double FULL = 1 - 1e-9;

    /// Latencies under a load.
    public ClosedLatency under(ClosedLoad load) {
        double alone = prefillSeconds(load);
        double servers = prefills * (double) prefill.parallelism().attentionData();
        double low = 0;
        double marginal = marginalSeconds(load);
        double full = fullDecode(load);
        double high = Math.min(servers / marginal, full);
        for (int i = 0; i < BISECTIONS; i++) {
            double rate = (low + high) / 2;
            double tpot = tpot(load, rate);
            double inside =
                    rate
                            * (ttft(rate, alone, marginal / servers)
                                    + (load.outputTokens() - 1) * tpot);
            if (inside <= load.concurrency()) {
                low = rate;
            } else {
                high = rate;
            }
        }
        double tpot = tpot(load, low);
        double answer = (load.outputTokens() - 1) * tpot;
        double ttft = Math.max(alone + transferSeconds, load.concurrency() / low - answer);
        double admission =
                low < FULL * full ? 0 : Math.max(0, ttft - ttft(low, alone, marginal / servers));
        double burst = load.burstSeconds(load.concurrency() / servers, marginal);
        return new ClosedLatency(ttft + burst, tpot, low, alone, 0, burst, admission);
    }

    /// Requests a second that full decode batches carry; no end where all in flight find a place.
    private double fullDecode(ClosedLoad load) {
        double places = places(load);
        if (places >= load.concurrency() / decodes) {
            return Double.POSITIVE_INFINITY;
        }
        double step = decode.decodeStepSeconds(places, places * load.residentTokens());
        return decodes * places / (load.outputTokens() * step);
    }

    private double places(ClosedLoad load) {
        double cached = decode.kvCapacityTokens() / (load.inputTokens() + load.outputTokens());
        return Math.max(1, Math.min(cached, batchLimit));
    }

    private double prefillSeconds(ClosedLoad load) {
        double copies = prefill.parallelism().attentionData();
        double tokens = copies * load.inputTokens();
        return prefill.prefillIterationSeconds(tokens, tokens * load.inputTokens());
    }

    /// Prefill that one more prompt adds to a full iteration of its copy.
    private double marginalSeconds(ClosedLoad load) {
        double copies = prefill.parallelism().attentionData();
        double input = load.inputTokens();
        double prompts = Math.max(1, budgetTokens / input);
        double tokens = copies * prompts * input;
        return prefill.prefillIterationSeconds(tokens, tokens * input) / prompts;
    }

    /// @param gap seconds between prompts that a full pool takes
    private double ttft(double rate, double alone, double gap) {
        double busy = rate * gap;
        if (busy >= 1) {
            return Double.POSITIVE_INFINITY;
        }
        double servers = prefills * (double) prefill.parallelism().attentionData();
        double exponent = StrictMath.sqrt(2 * (servers + 1)) - 1;
        double wait = gap * StrictMath.pow(busy, exponent) / (2 * (1 - busy));
        // An arrival meets an iteration in progress: its copies start together.
        return wait + alone * (1 + busy / 2) + transferSeconds;
    }

    /// The step at which so many requests a second keep their answers running: Little's law.
    private double tpot(ClosedLoad load, double rate) {
        double perEngine = rate / decodes;
        double low = 0;
        double high = Math.min(load.concurrency() / decodes, places(load));
        for (int i = 0; i < BISECTIONS; i++) {
            double batch = (low + high) / 2;
            double step = decode.decodeStepSeconds(batch, batch * load.residentTokens());
            if (perEngine * load.outputTokens() * step >= batch) {
                low = batch;
            } else {
                high = batch;
            }
        }
        return decode.decodeStepSeconds(
                Math.max(low, 1e-3), Math.max(low, 1e-3) * load.residentTokens());
    }
}
