package dev.ratematch.harness.plant;

import java.util.List;
import java.util.stream.Collectors;

/// Engines whose step times were fitted to published measurements. docs/plant.md has the method and
/// the residuals of each row.
///
/// Llama-3.1-70B on B200: the public aggregated TensorRT-LLM runs at 1024/1024, 8192/1024 and
/// 1024/8192 (SemiAnalysisAI/InferenceX, Apache-2.0), the share of prefill in every step taken out.
/// DeepSeek-R1 NVFP4 on GB200: the public disaggregated Dynamo runs of the same source.
public final class MeasuredShapes {

    /// Engine of the simulated cluster: its step times were measured on TensorRT-LLM.
    public static final String ENGINE = "trtllm";

    /// One fitted engine.
    ///
    /// @param model name of the model
    /// @param gpu name of the accelerator
    /// @param precision of weights and activations
    /// @param parallel how the engine is spread, `tp2` for instance
    /// @param gpus GPUs of the engine
    /// @param kvBytesPerToken KV bytes of one token over the whole engine
    /// @param kvTokens KV tokens that fit beside the weights
    public record Shape(
            String model,
            String gpu,
            String precision,
            String parallel,
            int gpus,
            StepTimes steps,
            double kvBytesPerToken,
            long kvTokens) {

        /// How people name it.
        public String key() {
            return "%s %s %s %s".formatted(model, gpu, precision, parallel);
        }
    }

    private static final double LLAMA_KV_BYTES = 163_840; // 80 layers, 8 KV heads of 128, fp8
    private static final double MLA_KV_BYTES = 35_136; // 61 layers, 576 values, fp8

    private static final List<Shape> ALL =
            List.of(
                    llama("nvfp4", 1, 28.44, 1.059, 11.741, 0.00883, 30.88, 740_000),
                    llama("nvfp4", 2, 20.72, 0.529, 8.552, 0.00747, 16.12, 1_850_000),
                    llama("nvfp4", 4, 14.60, 0.2646, 6.584, 0.01342, 9.487, 4_000_000),
                    llama("nvfp4", 8, 13.44, 0.1323, 5.779, 0.03916, 4.127, 8_200_000),
                    llama("fp8", 1, 49.94, 1.059, 14.034, 0.02667, 30.12, 570_000),
                    llama("fp8", 2, 32.87, 0.529, 9.076, 0.01348, 15.89, 1_680_000),
                    llama("fp8", 4, 22.21, 0.2646, 6.434, 0.01619, 8.382, 3_800_000),
                    llama("fp8", 8, 17.46, 0.1323, 5.423, 0.03723, 4.260, 8_000_000),
                    r1("dep4", 4, 13.1, 0.10, 11.7, 0.01165, 2.39, 8_000_000),
                    r1("dep16", 16, 3.28, 0.025, 11.7, 0.00291, 0.598, 60_000_000));

    private MeasuredShapes() {}

    private static Shape llama(
            String precision,
            int tp,
            double microsPerToken,
            double nanosPerSquare,
            double floorMillis,
            double millisPerSequence,
            double nanosPerResident,
            long kvTokens) {
        var steps =
                new StepTimes(
                        0.004,
                        microsPerToken * 1e-6,
                        nanosPerSquare * 1e-9,
                        floorMillis * 1e-3,
                        millisPerSequence * 1e-3,
                        nanosPerResident * 1e-9);
        return new Shape(
                "llama-3.1-70b", "b200", precision, "tp" + tp, tp, steps, LLAMA_KV_BYTES, kvTokens);
    }

    private static Shape r1(
            String parallel,
            int gpus,
            double microsPerToken,
            double nanosPerSquare,
            double floorMillis,
            double millisPerSequence,
            double nanosPerResident,
            long kvTokens) {
        var steps =
                new StepTimes(
                        0.010,
                        microsPerToken * 1e-6,
                        nanosPerSquare * 1e-9,
                        floorMillis * 1e-3,
                        millisPerSequence * 1e-3,
                        nanosPerResident * 1e-9);
        return new Shape(
                "deepseek-r1", "gb200", "nvfp4", parallel, gpus, steps, MLA_KV_BYTES, kvTokens);
    }

    /// Every fitted engine.
    public static List<Shape> all() {
        return ALL;
    }

    /// The engine of that name.
    ///
    /// @throws IllegalArgumentException naming the known ones when there is none
    public static Shape named(String model, String gpu, String precision, String parallel) {
        for (var shape : ALL) {
            if (shape.model().equals(model)
                    && shape.gpu().equals(gpu)
                    && shape.precision().equals(precision)
                    && shape.parallel().equals(parallel)) {
                return shape;
            }
        }
        throw new IllegalArgumentException(
                "The simulated cluster has no measured step times for %s %s %s %s; it has: %s."
                        .formatted(
                                model,
                                gpu,
                                precision,
                                parallel,
                                ALL.stream().map(Shape::key).collect(Collectors.joining(", "))));
    }
}
