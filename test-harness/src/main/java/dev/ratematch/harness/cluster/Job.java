package dev.ratematch.harness.cluster;

import dev.ratematch.harness.traffic.Request;
import org.jspecify.annotations.Nullable;

/// A request on its way through the cluster.
final class Job {

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
    long firstTokenNanos = -1;

    /// Output tokens made before the last admission to a decode batch.
    int generatedBefore;

    /// Decode steps that its replica had made when this joined the batch.
    long joinedAtStep;

    boolean inBatch;

    @Nullable PrefillReplica prefill;
    @Nullable DecodeReplica decode;

    /// The decode replica that was chosen at its arrival, where one is.
    @Nullable DecodeReplica partner;

    /// Whether KV room is reserved on `decode`.
    boolean admitted;

    double bytesLeft;
    long transferSettledNanos;
    double transferRate;

    Job(int index, Request request) {
        this.index = index;
        this.request = request;
    }

    int inputTokens() {
        return request.inputTokens();
    }

    int outputTokens() {
        return request.outputTokens();
    }

    /// The step of its replica at whose end it is complete.
    long finishStep() {
        return joinedAtStep + outputTokens() - generatedBefore;
    }
}
