package dev.ratematch.costmodel.closed;

import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.queue.PrefillQueue;
import dev.ratematch.costmodel.queue.Residence;

/// One kind of engine that prefills and decodes in the same iterations (continuous batching with
/// chunked prefill), under a closed load: what its users wait while so many requests are in flight,
/// queueing included. What such an engine carries at most is asked of `costmodel.frontier`.
///
/// Of the requests in flight, `b` decode and the others wait for their first token. Every step each
/// of the b makes one of its `OSL` tokens, so prompts arrive at `b ISL / OSL` tokens a step, in
/// chunks of what one iteration takes. The share of steps that carry a chunk follows, and with it
/// the mean step (TPOT), the rate `b / (OSL TPOT)`, and by Little's law b itself.
public final class CoLocated {

    private static final int BISECTIONS = 60;

    private final CompiledWorker worker;
    private final double budgetTokens;

    /// Engines of that worker.
    ///
    /// @param budgetTokens tokens of one iteration
    public CoLocated(CompiledWorker worker, double budgetTokens) {
        this.worker = worker;
        this.budgetTokens = budgetTokens;
    }

    /// Latencies of one engine under its share of a load. Where the KV cache holds fewer sequences
    /// than are in flight, the others wait for a place.
    public ClosedLatency under(ClosedLoad load) {
        double places = Residence.reserved(worker.kvCapacityTokens(), load.finalTokens());
        double low = 0;
        double high = Math.min(load.concurrency(), Math.max(1, places));
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            State state = state(load, middle);
            if (middle + state.rate * state.ttft <= load.concurrency()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        State state = state(load, Math.max(low, 1e-3));
        double waiting = load.concurrency() - low - state.rate * state.ttft;
        double admission = Math.max(0, waiting) / state.rate;
        double burst = load.burstSeconds(load.concurrency(), marginalSeconds(load));
        return new ClosedLatency(
                state.ttft + burst + admission,
                state.tpot,
                state.rate,
                state.alone,
                state.mixed,
                burst,
                admission);
    }

    /// Prefill that one more prompt adds to full iterations.
    private double marginalSeconds(ClosedLoad load) {
        double input = load.inputTokens();
        double prompts = Math.max(1, budgetTokens / input) * worker.parallelism().attentionData();
        return PrefillQueue.marginalSeconds(
                worker::prefillIterationSeconds, prompts, input, input * input);
    }

    private record State(double tpot, double rate, double ttft, double alone, double mixed) {}

    private State state(ClosedLoad load, double decoding) {
        double input = load.inputTokens();
        double output = load.outputTokens();
        double copies = worker.parallelism().attentionData();
        double budget = budgetTokens * copies;
        // A prompt a copy, and where more arrive in a step than that, all of them.
        double chunk = Math.min(budget, Math.max(copies * input, decoding * input / output));
        double resident = decoding * load.residentTokens();
        double squares = chunk * Math.min(input, budget / copies) * chunks(input, budget / copies);
        double mixed = worker.mixedSeconds(chunk, squares, decoding, resident);
        double plain = decoding > 0 ? worker.decodeStepSeconds(decoding, resident) : 0;
        double perStep = decoding * input / output;
        double share = Math.min(1, perStep / chunk);
        double tpot = (1 - share) * plain + share * mixed;
        double overload = Math.max(1, perStep / chunk);
        double rate = decoding / (output * tpot * overload);
        double iterations = Math.max(1, input / budgetTokens);
        double alone = iterations * mixed + worker.prefillFloorSeconds();
        double busy = Math.min(0.98, share);
        double step = share * mixed + (1 - share) * plain;
        double wait = step / 2 + alone * busy / (2 * (1 - busy));
        return new State(tpot, rate, wait + alone, alone, share * mixed);
    }

    /// Chunks of a longer prompt see what came before: the mean of S + P over the chunks, relative
    /// to one chunk, is their number.
    private static double chunks(double input, double chunk) {
        return Math.max(1, input / chunk);
    }
}
