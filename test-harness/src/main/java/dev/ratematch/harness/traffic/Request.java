package dev.ratematch.harness.traffic;

import dev.ratematch.costmodel.units.Check;

/// One request of a trace.
///
/// @param arrivalNanos arrival, virtual nanoseconds from the start of the trace
/// @param inputTokens ISL, tokens, at least 1
/// @param outputTokens OSL, tokens, at least 1; prefill produces the first
/// @param prefix ids of the blocks of the prompt that a prefix cache may share, in order; `NONE`
///   where the trace has none
public record Request(long arrivalNanos, int inputTokens, int outputTokens, Prefix prefix) {

    /// Leading blocks of a prompt. Two prompts share the KV of their common leading ids.
    ///
    /// @param blockTokens tokens in one block
    /// @param ids block ids, in prompt order; treat as immutable
    @SuppressWarnings("ArrayRecordComponent") // millions of these; never compared by value
    public record Prefix(int blockTokens, long[] ids) {}

    /// No block ids known.
    public static final Prefix NONE = new Prefix(0, new long[0]);

    public Request {
        Check.atLeast("arrival", arrivalNanos, 0);
        Check.atLeast("inputTokens", inputTokens, 1);
        Check.atLeast("outputTokens", outputTokens, 1);
    }

    /// The same request at another instant.
    public Request at(long newArrivalNanos) {
        return new Request(newArrivalNanos, inputTokens, outputTokens, prefix);
    }
}
