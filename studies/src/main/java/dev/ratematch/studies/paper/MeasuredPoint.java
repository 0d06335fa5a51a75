package dev.ratematch.studies.paper;

import dev.ratematch.costmodel.frontier.mix.Placement;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.frontier.search.FleetPlan;
import dev.ratematch.costmodel.frontier.search.FleetPlanner;
import dev.ratematch.costmodel.frontier.search.ShapeRules;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;

/// One published deployment of DeepSeek-R1 FP4 on GB200, 8192 in and 1024 out, TensorRT-LLM under
/// Dynamo without speculation (InferenceX, Apache-2.0), as experts sized it.
///
/// @param interactivity measured tokens/s/user
/// @param perDecode measured decode requests/s/GPU
/// @param prefillGpus chosen by the experts
/// @param decodeGpus chosen by the experts
public record MeasuredPoint(
        double interactivity, double perDecode, int prefillGpus, int decodeGpus) {

    /// Measured prefill requests/s/GPU, the same at all points within 5 %.
    public static final double PER_PREFILL = 2.23;

    private static final double TTFT_SECONDS = 5;
    private static final double OUTPUT_TOKENS = 1024;

    /// The load generator draws lengths from 0.8 to 1.0 of the nominal ones.
    private static final Load LOAD = Load.of(0.9 * 8192, 0.9 * OUTPUT_TOKENS);

    /// The points at which pools were balanced.
    public static final List<MeasuredPoint> ALL =
            List.of(
                    new MeasuredPoint(24.3, 5.53, 40, 16),
                    new MeasuredPoint(38.0, 4.59, 32, 16),
                    new MeasuredPoint(62.9, 1.93, 28, 32),
                    new MeasuredPoint(78.8, 0.61, 8, 32));

    /// Published prefill rates bear the prefill factor and floor of the shipped TensorRT-LLM engine
    /// out (2.3 against 2.23 requests/s/GPU; 2.9 without them), published decode steps no factor.
    public static final Engine ENGINE =
            Engine.bare("trtllm")
                    .adding(
                            Engine.TRTLLM.prefillScale(),
                            Engine.TRTLLM.prefillOffsetSeconds(),
                            1,
                            0);

    /// The plan for the same latency on as many GPUs.
    public FleetPlan plan(List<CompiledWorker> workers) {
        var gpu = Accelerators.GB200;
        var link = KvLink.of(gpu.nvlinkBytesPerSecond(), KvLink.Mode.PULL);
        var target =
                new Target(
                        Models.DEEPSEEK_R1,
                        LOAD,
                        link,
                        Pairing.FAN_OUT,
                        TTFT_SECONDS,
                        1 / interactivity);
        var placement = new Placement(gpu.nvlinkGpus(), prefillGpus + decodeGpus);
        if (FleetPlanner.plan(target, placement, workers, ShapeRules.MIXED)
                instanceof FleetPlanner.Result.Planned(var plan)) {
            return plan;
        }
        throw new IllegalStateException("No plan at %s tokens/s/user.".formatted(interactivity));
    }

    /// The experts' prefill GPUs per decode GPU.
    public double ratio() {
        return (double) prefillGpus / decodeGpus;
    }

    /// Output tokens/s/GPU of a ratio at the measured rates.
    public double priced(double ratio) {
        return OUTPUT_TOKENS * Math.min(ratio * PER_PREFILL, perDecode) / (1 + ratio);
    }

    /// A plan's prefill GPUs per decode GPU.
    public static double ratio(FleetPlan plan) {
        return (double) plan.mix().prefillGpus() / plan.mix().decodeGpus();
    }
}
