package dev.ratematch.harness.plant;

import dev.ratematch.harness.traffic.Request;
import org.jspecify.annotations.Nullable;

/// A request on its way through the cluster. Observers may read how far it has come.
public final class Job {

    final int index;
    final Request request;

    /// Prompt tokens found in the prefix cache of its prefill replica.
    int cachedTokens;

    /// Prompt tokens in KV so far, cached ones included.
    int prefilledTokens;

    /// Prompt tokens that the present prefill iteration computes.
    int chunkTokens;

    long prefillStartNanos = -1;
    long prefillEndNanos = -1;
    long transferStartNanos = -1;

    /// Whether its layers go while prefill still computes.
    boolean streaming;

    long firstTokenNanos = -1;

    /// Output tokens made before the last admission to a decode batch.
    int generatedBefore;

    /// Decode steps that its replica had made when this joined the batch.
    long joinedAtStep;

    @Nullable PrefillReplica prefill;
    @Nullable DecodeReplica decode;

    /// The decode replica that was chosen at its arrival, where one is.
    @Nullable DecodeReplica partner;

    /// Whether this is a further answer to a prompt whose KV is on `decode` already.
    boolean another;

    /// Whether KV room is reserved on `decode`.
    boolean admitted;

    /// The chain that it is in, and its neighbours there.
    @Nullable JobChain chain;

    @Nullable Job chainBefore;
    @Nullable Job chainAfter;

    double bytesLeft;
    long transferSettledNanos;
    double transferRate;

    Job(int index, Request request) {
        this.index = index;
        this.request = request;
    }

    /// Tokens of its prompt.
    public int inputTokens() {
        return request.inputTokens();
    }

    /// Tokens of its answer.
    public int outputTokens() {
        return request.outputTokens();
    }

    /// Prompt tokens that were found in a prefix cache; 0 before prefill begins.
    public int cachedTokens() {
        return cachedTokens;
    }

    /// When it came, virtual nanoseconds.
    public long arrivalNanos() {
        return request.arrivalNanos();
    }

    /// When prefill began with it, virtual nanoseconds; negative before.
    public long prefillStartNanos() {
        return prefillStartNanos;
    }

    /// When prefill was done with it, virtual nanoseconds; negative before.
    public long prefillEndNanos() {
        return prefillEndNanos;
    }

    /// When the user saw its first token, virtual nanoseconds; negative before.
    public long firstTokenNanos() {
        return firstTokenNanos;
    }

    /// KV tokens that it needs to be in a decode batch: the prompt and what was made before.
    long kvTokens() {
        return (long) inputTokens() + generatedBefore;
    }

    /// The step of its replica at whose end it is complete.
    long finishStep() {
        return joinedAtStep + outputTokens() - generatedBefore;
    }
}
