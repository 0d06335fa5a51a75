package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.queue.Residence;
import dev.ratematch.costmodel.units.Check;

/// What one request asks for, as the steady mean of the traffic.
///
/// @param inputTokens prompt (ISL)
/// @param outputTokens answer (OSL), the first token included
/// @param cachedShare share of the prompt that a prefill worker finds in its prefix cache
/// @param draftTokens tokens guessed ahead per decode step; 0 without speculation
/// @param acceptLength tokens that a decode step yields per sequence, the certain one included
public record Load(
        double inputTokens,
        double outputTokens,
        double cachedShare,
        double draftTokens,
        double acceptLength) {

    public Load {
        Check.finiteAtLeast("inputTokens", inputTokens, 1);
        Check.finiteAtLeast("outputTokens", outputTokens, 2);
        Check.within("cachedShare", cachedShare, 0, 0.999);
        Check.finiteAtLeast("draftTokens", draftTokens, 0);
        Check.within("acceptLength", acceptLength, 1, 1 + draftTokens);
    }

    /// Without prefix hits and without speculation.
    public static Load of(double inputTokens, double outputTokens) {
        return new Load(inputTokens, outputTokens, 0, 0, 1);
    }

    /// Prompt tokens that have to be computed; at least the last one, which yields the answer's
    /// first.
    public double newTokens() {
        return Math.max(1, inputTokens * (1 - cachedShare));
    }

    /// `S^2 - P^2` of a prompt: what its causal attention is proportional to.
    public double newSquares() {
        double cached = inputTokens - newTokens();
        return inputTokens * inputTokens - cached * cached;
    }

    /// Context of a running sequence, averaged over its life.
    public double residentTokens() {
        return Residence.meanTokens(inputTokens, outputTokens, 0);
    }

    /// Context of a sequence at its end, for which memory must be kept.
    public double finalTokens() {
        return Residence.finalTokens(inputTokens, outputTokens);
    }

    /// Decode tokens of a request; prefill yields the first one.
    public double decodeTokens() {
        return outputTokens - 1;
    }
}
