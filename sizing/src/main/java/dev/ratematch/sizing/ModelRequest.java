package dev.ratematch.sizing;

import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.frontier.search.Configurations;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.parallel.WeightPrecision;
import dev.ratematch.costmodel.phase.WorkerCompiler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What `ratematch plan --model` was asked.
///
/// @param modelSource where the structure of the model is from
/// @param target model, load, link and latencies
/// @param accelerator the GPU
/// @param weights their precision, and who says so
/// @param kvCache type of the KV cache, and who says so
/// @param engine whose step times are taken, by its name
/// @param engineSource who says so
/// @param allReduceFloorMicros least latency of an all-reduce wider than public tables,
///   microseconds; 0 for what the widest table says
/// @param gpus budget of both pools
/// @param shapes what was asked of the shapes of engines
public record ModelRequest(
        String modelSource,
        Target target,
        Accelerator accelerator,
        WeightPrecision weights,
        KvCache kvCache,
        String engine,
        String engineSource,
        double allReduceFloorMicros,
        int gpus,
        Shapes shapes) {

    /// More GPUs than any plan for one model has.
    static final int MAX_GPUS = 16_384;

    public ModelRequest {
        if (gpus < 2 || gpus > MAX_GPUS) {
            throw new IllegalArgumentException(
                    "--gpus (%d) must be between 2, one for each role, and %d."
                            .formatted(gpus, MAX_GPUS));
        }
    }

    /// Precision of the weights.
    Precision precision() {
        return weights.precision();
    }

    /// What is planned otherwise than the files of the model say.
    public List<String> warnings() {
        return Stream.of(weights.warning(), kvCache.warning()).flatMap(Optional::stream).toList();
    }

    /// Type of the KV cache.
    public KvDtype kv() {
        return kvCache.type();
    }

    /// Compiles configurations; the only place that knows how.
    WorkerCompiler compiler() {
        return new WorkerCompiler(
                ShippedProfiles.kernels(accelerator).withAllReduceFloor(allReduceFloorMicros),
                target.model(),
                Quantization.of(precision(), target.model(), kv()),
                ShippedProfiles.engine(engine, target.model(), precision(), accelerator));
    }

    private boolean tensorRt() {
        return engine.equals("trtllm") || engine.equals("dynamo");
    }

    /// Configurations that the engine could be given.
    List<Parallelism> candidates() {
        var all = new ArrayList<>(Configurations.candidates(accelerator, widestWorker()));
        if (target.model().moe().isPresent() && !tensorRt()) {
            all.addAll(Configurations.between(accelerator, widestWorker()));
        }
        shapes.fixed().filter(shape -> !all.contains(shape)).forEach(all::add);
        return all.stream().filter(shape -> shape.gpus() <= shapes.maxReplicaGpus()).toList();
    }

    /// GPUs up to which one worker is considered: the budget, and where that is small, enough to
    /// say how much of it is missing.
    int widestWorker() {
        return Math.max(gpus, Math.max(16, accelerator.nvlinkGpus()));
    }
}
