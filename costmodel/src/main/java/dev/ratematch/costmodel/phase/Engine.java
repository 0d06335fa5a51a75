package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.kernel.AllReduceKernel;
import dev.ratematch.costmodel.memory.CacheBudget;
import dev.ratematch.costmodel.units.Check;
import dev.ratematch.costmodel.units.Names;
import java.util.List;
import java.util.Locale;

/// What a serving engine adds to its kernels: `scale x kernels + offset`, per phase. Online
/// calibration corrects the same four numbers.
///
/// @param name for example `trtllm`
/// @param allReduce its all-reduce kernel
/// @param staticScales whether FP8 activations have scales known beforehand
/// @param cache what it gives to the KV cache
/// @param prefillScale factor on the kernels of a prefill iteration
/// @param prefillOffsetSeconds floor of a prefill iteration: scheduling, input, sampling, no graphs
/// @param decodeScale factor on the kernels of a decode step
/// @param decodeOffsetSeconds floor of a decode step
public record Engine(
        String name,
        AllReduceKernel allReduce,
        boolean staticScales,
        CacheBudget cache,
        double prefillScale,
        double prefillOffsetSeconds,
        double decodeScale,
        double decodeOffsetSeconds) {

    /// TensorRT-LLM before anything was learnt of it, for benchmarks and comparisons. The prefill
    /// offset is the one found in published telemetry of a B200 prefill engine (gpt-oss-120b,
    /// affine residual of 25.4 ms); the factors are the corrections that NVIDIA's own estimator
    /// puts on its disaggregated workers (1.1 and 1.08). No public figure isolates a decode offset
    /// from kernels, so there is none until live calibration finds it.
    public static final Engine TRTLLM =
            new Engine(
                    "trtllm",
                    AllReduceKernel.TRTLLM,
                    true,
                    CacheBudget.OF_MEMORY,
                    1.1,
                    0.0254,
                    1.08,
                    0);

    /// Kernels alone, as the peer composes them.
    public static final Engine NONE =
            new Engine("none", AllReduceKernel.TRTLLM, false, CacheBudget.OF_MEMORY, 1, 0, 1, 0);

    /// Floor of an iteration that only prefills, found in public telemetry of a TensorRT-LLM
    /// prefill engine (gpt-oss-120b on B200). No other engine has published its own.
    public static final double PREFILL_FLOOR_SECONDS = 0.0254;

    public Engine {
        Check.positive("prefillScale", prefillScale);
        Check.finiteAtLeast("prefillOffsetSeconds", prefillOffsetSeconds, 0);
        Check.positive("decodeScale", decodeScale);
        Check.finiteAtLeast("decodeOffsetSeconds", decodeOffsetSeconds, 0);
    }

    /// The engine of that name with its collectives, its FP8 scales and the floor of a prefill
    /// iteration; no factors yet.
    public static Engine bare(String name) {
        AllReduceKernel reduce =
                switch (name.strip().toLowerCase(Locale.ROOT)) {
                    case "trtllm" -> AllReduceKernel.TRTLLM;
                    case "vllm" -> AllReduceKernel.VLLM;
                    case "sglang" -> AllReduceKernel.SGLANG;
                    default ->
                            throw Names.unknown(
                                    "engine", name, List.of("trtllm", "vllm", "sglang"));
                };
        CacheBudget cache =
                reduce == AllReduceKernel.TRTLLM ? CacheBudget.OF_FREE : CacheBudget.OF_MEMORY;
        return new Engine(name, reduce, true, cache, 1, PREFILL_FLOOR_SECONDS, 1, 0);
    }

    /// Whether tokens go only to the ranks that hold their experts, and hot experts are placed
    /// apart, where ranks outnumber the experts of a token. Estimates without an engine gather all
    /// tokens everywhere, as the peer's do.
    boolean exchangesTokens() {
        return allReduce == AllReduceKernel.TRTLLM && staticScales;
    }

    /// The same engine with other factors and floors.
    public Engine adding(
            double prefillScale,
            double prefillOffsetSeconds,
            double decodeScale,
            double decodeOffsetSeconds) {
        return new Engine(
                name,
                allReduce,
                staticScales,
                cache,
                prefillScale,
                prefillOffsetSeconds,
                decodeScale,
                decodeOffsetSeconds);
    }

    /// The same engine with another share of memory for its KV cache.
    public Engine with(CacheBudget budget) {
        return new Engine(
                name,
                allReduce,
                staticScales,
                budget,
                prefillScale,
                prefillOffsetSeconds,
                decodeScale,
                decodeOffsetSeconds);
    }
}
