package dev.ratematch.costmodel.closed;

import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Relief;
import dev.ratematch.costmodel.units.Check;

/// Prefix hits and speculation under a closed load. The models of this package know neither: they
/// are given a load whose answers count decode steps rather than tokens, and workers that skip what
/// is cached and verify what is guessed.
///
/// @param cachedShare share of each prompt that prefill finds in its prefix cache
/// @param draftTokens tokens guessed ahead per decode step
/// @param acceptLength tokens that a decode step yields per sequence, the certain one included
public record Shortcuts(double cachedShare, double draftTokens, double acceptLength) {

    /// Neither.
    public static final Shortcuts NONE = new Shortcuts(0, 0, 1);

    public Shortcuts {
        Check.within("cachedShare", cachedShare, 0, 0.999);
        Check.within("acceptLength", acceptLength, 1, 64);
        Check.within("draftTokens", draftTokens, acceptLength - 1, 64);
    }

    /// The load in steps: prefill yields the first token, each step as many as are accepted.
    public ClosedLoad load(ClosedLoad asked) {
        if (equals(NONE)) {
            return asked;
        }
        double steps = 1 + Math.max(0, asked.outputTokens() - 1) / acceptLength;
        return new ClosedLoad(asked.concurrency(), asked.inputTokens(), steps);
    }

    /// Tokens of an iteration where prompts count whole.
    public double budgetTokens(double budgetTokens) {
        return budgetTokens / (1 - cachedShare);
    }

    /// Tokens that a decode step computes for a sequence.
    public double queries() {
        return 1 + draftTokens;
    }

    /// A worker under the load in steps.
    ///
    /// @param layers of its model; each draft runs through one more
    public CompiledWorker worker(CompiledWorker worker, ClosedLoad asked, int layers) {
        if (equals(NONE)) {
            return worker;
        }
        ClosedLoad inSteps = load(asked);
        double counted = inSteps.inputTokens() + inSteps.outputTokens();
        double kept = asked.inputTokens() + asked.outputTokens();
        return worker.relieved(
                new Relief(
                        cachedShare,
                        queries(),
                        1 + draftTokens / layers,
                        asked.residentTokens() - inSteps.residentTokens(),
                        counted / kept));
    }

    /// Latencies per token of what was found per step.
    public ClosedLatency perToken(ClosedLatency inSteps) {
        return new ClosedLatency(
                inSteps.ttftSeconds(),
                inSteps.tpotSeconds() / acceptLength,
                inSteps.requestsPerSecond(),
                inSteps.prefillSeconds(),
                inSteps.mixedSeconds() / acceptLength,
                inSteps.burstSeconds(),
                inSteps.admissionSeconds());
    }
}
