package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.units.Check;

/// What a serving engine adds to its kernels: `scale x kernels + offset`, per phase. Online
/// calibration corrects the same four numbers.
///
/// @param name for example `trtllm`
/// @param prefillScale factor on the kernels of a prefill iteration
/// @param prefillOffsetSeconds floor of a prefill iteration: scheduling, input, sampling, no graphs
/// @param decodeScale factor on the kernels of a decode step
/// @param decodeOffsetSeconds floor of a decode step
public record Engine(
        String name,
        double prefillScale,
        double prefillOffsetSeconds,
        double decodeScale,
        double decodeOffsetSeconds) {

    /// TensorRT-LLM. The prefill offset is the one found in published telemetry of a B200 prefill
    /// engine (gpt-oss-120b, affine residual of 25.4 ms); the factors are the corrections that
    /// NVIDIA's own estimator puts on its disaggregated workers (1.1 and 1.08). No public figure
    /// isolates a decode offset from kernels, so there is none until live calibration finds it.
    public static final Engine TRTLLM = new Engine("trtllm", 1.1, 0.0254, 1.08, 0);

    /// Kernels alone.
    public static final Engine NONE = new Engine("none", 1, 0, 1, 0);

    public Engine {
        Check.positive("prefillScale", prefillScale);
        Check.finiteAtLeast("prefillOffsetSeconds", prefillOffsetSeconds, 0);
        Check.positive("decodeScale", decodeScale);
        Check.finiteAtLeast("decodeOffsetSeconds", decodeOffsetSeconds, 0);
    }
}
