package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;

/// A plan with one shape per role, as it is deployed.
///
/// @param prefill shape, batch and step of every prefill replica
/// @param decode the same of decode
/// @param mix replicas of both and what they carry; one kind in either pool
public record UniformPlan(PrefillPoint prefill, DecodePoint decode, Mix mix) {

    public UniformPlan {
        if (mix.prefill().size() != 1 || mix.decode().size() != 1) {
            throw new IllegalArgumentException(
                    "mix (%d and %d shapes) must have one shape in either pool."
                            .formatted(mix.prefill().size(), mix.decode().size()));
        }
    }

    /// Requests per second through both pools.
    public double servedRequestsPerSecond() {
        return mix.servedRequestsPerSecond();
    }

    /// Time to first token without queueing, with the first step of this decode engine.
    ///
    /// @param itlSeconds the promised time between tokens, which [PrefillPoint#ttftSeconds] holds
    public double ttftSeconds(double itlSeconds) {
        return prefill.ttftSeconds() - itlSeconds + decode.itlSeconds();
    }

    /// The shapes, for order and identity.
    String names() {
        return prefill.name() + ":" + decode.name();
    }
}
