package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.costmodel.units.Check;

/// What is to be served, and how fast.
///
/// @param model the model
/// @param load its traffic
/// @param link the way of the KV cache
/// @param pairing which workers may be paired
/// @param ttftSeconds largest time to first token, without queueing
/// @param itlSeconds largest time between tokens of a sequence, on average
public record Target(
        ModelSpec model,
        Load load,
        KvLink link,
        Pairing pairing,
        double ttftSeconds,
        double itlSeconds) {

    public Target {
        Check.positive("ttftSeconds", ttftSeconds);
        Check.positive("itlSeconds", itlSeconds);
    }

    /// The same with prompts of another length.
    public Target withInputTokens(double tokens) {
        var other =
                new Load(
                        tokens,
                        load.outputTokens(),
                        load.cachedShare(),
                        load.draftTokens(),
                        load.acceptLength());
        return new Target(model, other, link, pairing, ttftSeconds, itlSeconds);
    }

    /// The same with another inter-token latency.
    public Target withItlSeconds(double seconds) {
        return new Target(model, load, link, pairing, ttftSeconds, seconds);
    }
}
