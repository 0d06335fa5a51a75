package dev.ratematch.experiments.study;

import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.harness.traffic.Trace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a study is asked of; what is null is the study's own, mostly the paper's.
///
/// @param model the model
/// @param gpu its accelerator
/// @param precision of its weights; default NVFP4 where the GPU computes it, else FP8
/// @param gpus budget of both pools
/// @param ttftSeconds promised time to first token
/// @param itlSeconds promised inter-token latency
/// @param trace traffic
/// @param traces folder of recorded traces, for studies of several
/// @param seed of everything random
/// @param quick whether few points are enough
public record Asked(
        @Nullable ModelSpec model,
        @Nullable Accelerator gpu,
        @Nullable Precision precision,
        @Nullable Integer gpus,
        @Nullable Double ttftSeconds,
        @Nullable Double itlSeconds,
        @Nullable Trace trace,
        Path traces,
        long seed,
        boolean quick) {

    /// Everything as the study has it.
    ///
    /// @param traces folder of recorded traces
    public static Asked nothing(Path traces, boolean quick) {
        return new Asked(null, null, null, null, null, null, null, traces, 1, quick);
    }

    /// The model, or another.
    ModelSpec modelOr(ModelSpec other) {
        return model == null ? other : model;
    }

    /// The accelerator, or another.
    Accelerator gpuOr(Accelerator other) {
        return gpu == null ? other : gpu;
    }

    /// The precision, or what an accelerator computes best of NVFP4 and FP8.
    Precision precisionOn(Accelerator accelerator) {
        if (precision != null) {
            return precision;
        }
        return accelerator.fp4FlopsPerSecond() > 0 ? Precision.NVFP4 : Precision.FP8;
    }

    /// The time to first token, or another, seconds.
    double ttftOr(double other) {
        return ttftSeconds == null ? other : ttftSeconds;
    }

    /// The inter-token latency, or another, seconds.
    double itlOr(double other) {
        return itlSeconds == null ? other : itlSeconds;
    }

    /// The budget, or another.
    int gpusOr(int other) {
        return gpus == null ? other : gpus;
    }

    /// Mean lengths of the trace, or other ones.
    Load loadOr(Load other) {
        if (trace == null || trace.requests().isEmpty()) {
            return other;
        }
        var requests = trace.requests();
        double input = requests.stream().mapToInt(r -> r.inputTokens()).average().orElse(1);
        double output = requests.stream().mapToInt(r -> r.outputTokens()).average().orElse(2);
        return Load.of(input, Math.max(2, output));
    }
}
