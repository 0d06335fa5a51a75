package dev.ratematch.costmodel.closed;

import dev.ratematch.costmodel.phase.CompiledWorker;

/// Prefill and decode engines under a closed load: a queue at prefill, a transfer, a decode batch.
///
/// Throughput X solves `X (TTFT(X) + (OSL - 1) TPOT(X)) = concurrency`, whose left side grows with
/// X: more decode sequences make slower steps, busier prefill makes longer queues.
///
/// @param prefill prefill engine
/// @param prefills how many
/// @param decode decode engine
/// @param decodes how many
/// @param transferSeconds exposed transfer of one prompt
public record Disaggregated(
        CompiledWorker prefill,
        int prefills,
        CompiledWorker decode,
        int decodes,
        double transferSeconds) {

    private static final int BISECTIONS = 60;

    /// Latencies under a load.
    public ClosedLatency under(ClosedLoad load) {
        double alone = prefillSeconds(load);
        double servers = prefills * (double) prefill.parallelism().attentionData();
        double low = 0;
        double high = servers / alone;
        for (int i = 0; i < BISECTIONS; i++) {
            double rate = (low + high) / 2;
            double tpot = tpot(load, rate);
            double inside = rate * (ttft(rate, alone, servers) + (load.outputTokens() - 1) * tpot);
            if (inside <= load.concurrency()) {
                low = rate;
            } else {
                high = rate;
            }
        }
        double tpot = tpot(load, low);
        double answer = (load.outputTokens() - 1) * tpot;
        double ttft = Math.max(alone + transferSeconds, load.concurrency() / low - answer);
        return new ClosedLatency(ttft, tpot, low, alone);
    }

    private double prefillSeconds(ClosedLoad load) {
        double copies = prefill.parallelism().attentionData();
        double tokens = copies * load.inputTokens();
        return prefill.prefillIterationSeconds(tokens, tokens * load.inputTokens());
    }

    private double ttft(double rate, double alone, double servers) {
        double busy = rate * alone / servers;
        if (busy >= 1) {
            return Double.POSITIVE_INFINITY;
        }
        double exponent = StrictMath.sqrt(2 * (servers + 1)) - 1;
        double wait = alone * StrictMath.pow(busy, exponent) / (2 * servers * (1 - busy));
        // An arrival meets an iteration in progress: its copies start together.
        return wait + alone * (1 + busy / 2) + transferSeconds;
    }

    /// The step at which so many requests a second keep their answers running: Little's law.
    private double tpot(ClosedLoad load, double rate) {
        double perEngine = rate / decodes;
        double low = 0;
        double high = load.concurrency() / decodes;
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
