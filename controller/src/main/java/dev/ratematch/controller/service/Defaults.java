package dev.ratematch.controller.service;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;

/// What a service gets where its operator says nothing: the one place of these numbers. Tables of
/// docs/step.md, docs/control.md and docs/crd.md repeat them, and a test compares.
///
/// Where no source is named nothing was measured: a site should say its own.
public final class Defaults {

    /// Type of the KV cache: half of what bf16 takes, and every listed GPU reads it.
    public static final KvDtype KV_DTYPE = KvDtype.FP8;

    /// Engines that the cost model knows the overheads of; the first one is the default.
    static final List<String> ENGINES = List.of("vllm", "sglang", "trtllm", "dynamo");

    /// Serving engine.
    public static final String ENGINE = ENGINES.getFirst();

    /// How KV leaves prefill.
    public static final KvLink.Mode LINK_MODE = KvLink.Mode.PULL;

    /// Least time of a wide all-reduce, microseconds: none, so that the widest measured one counts.
    public static final double ALL_REDUCE_FLOOR_MICROS = 0;

    /// Fewest replicas of a pool.
    public static final int MIN_REPLICAS = 1;

    /// From command to serving, seconds.
    public static final double LEAD_TIME_SECONDS = 60;

    /// Usual time until a prefill replica is empty, seconds.
    public static final double PREFILL_DRAIN_SECONDS = 10;

    /// Usual time until a decode replica is empty, seconds.
    public static final double DECODE_DRAIN_SECONDS = 60;

    /// Token budget of one prefill iteration of one data-parallel rank.
    public static final int BATCHED_TOKENS = 8192;

    /// Most sequences in a decode batch of one data-parallel rank.
    public static final int SEQUENCES = 256;

    /// A replica that holds fewer KV tokens than this is too narrow to be chosen unasked.
    public static final int USEFUL_KV_TOKENS = 200_000;

    /// Most GPUs of a replica that is chosen unasked.
    public static final int WIDEST_GPUS = 64;

    private Defaults() {}

    /// Usual time until a replica of that role is empty, seconds.
    public static double drainSeconds(Role role) {
        return role == Role.PREFILL ? PREFILL_DRAIN_SECONDS : DECODE_DRAIN_SECONDS;
    }
}
