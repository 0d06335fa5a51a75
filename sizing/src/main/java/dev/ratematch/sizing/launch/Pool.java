package dev.ratematch.sizing.launch;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.parallel.Parallelism;

/// Replicas of one shape in a planned fleet.
///
/// @param role the pool that they are of
/// @param parallelism how one replica is spread over GPUs
/// @param replicas how many
/// @param batchedTokens prompt tokens of one iteration, for each copy of attention
/// @param sequences requests that run together, for each copy of attention
public record Pool(
        Role role, Parallelism parallelism, int replicas, int batchedTokens, int sequences) {

    /// Prompt tokens of one iteration that a decode engine is given: what engines take by
    /// themselves (vLLM `max_num_batched_tokens`), since it computes prompts only where their KV is
    /// lost.
    private static final int DECODE_BATCHED_TOKENS = 8192;

    /// Requests that a prefill engine may begin: more than its token budget lets run together, so
    /// that short prompts fill an iteration.
    private static final int PREFILL_SEQUENCES = 256;

    /// The shape of a prefill point. A prompt that is longer than planned runs in several
    /// iterations.
    static Pool of(PrefillPoint point, int replicas, Load load) {
        var parallelism = point.worker().parallelism();
        int stages = parallelism.pipeline();
        if (point.chunkTokens() > 0) {
            parallelism = parallelism.withChunks(stages, point.chunkTokens());
        }
        double prompts = (double) point.prompts() / (parallelism.attentionData() * stages);
        int tokens =
                point.chunkTokens() > 0
                        ? point.chunkTokens()
                        : (int) Math.ceil(prompts * load.newTokens());
        return new Pool(
                Role.PREFILL, parallelism, replicas, tokens, Math.min(PREFILL_SEQUENCES, tokens));
    }

    /// The shape of a decode point.
    static Pool of(DecodePoint point, int replicas, Load load) {
        var parallelism = point.worker().parallelism();
        int sequences = Math.ceilDiv(point.sequences(), parallelism.attentionData());
        int tokens = (int) Math.ceil(sequences * (1 + load.draftTokens()));
        return new Pool(
                Role.DECODE,
                parallelism,
                replicas,
                Math.max(DECODE_BATCHED_TOKENS, tokens),
                sequences);
    }

    /// GPUs of one replica.
    public int gpus() {
        return parallelism.gpus();
    }

    /// Hosts that one replica spans.
    ///
    /// @param hostGpus GPUs of one host
    public int hosts(int hostGpus) {
        return Math.ceilDiv(gpus(), hostGpus);
    }

    /// GPUs that one replica takes of each of its hosts.
    public int gpusPerHost(int hostGpus) {
        int hosts = hosts(hostGpus);
        if (gpus() % hosts != 0) {
            throw new IllegalArgumentException(
                    "%s %s: %d GPUs cannot be spread evenly over hosts of %d; plan another shape."
                            .formatted(role.label(), parallelism.text(), gpus(), hostGpus));
        }
        return gpus() / hosts;
    }
}
