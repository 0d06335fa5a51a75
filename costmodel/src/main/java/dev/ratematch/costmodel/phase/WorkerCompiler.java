package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.memory.Memory;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Quantization;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Compiles the workers of one model on one system. Workers that differ in their stages alone share
/// their curves, and those with the same heads on a GPU their attention; both are worked out once.
/// Threads may share a compiler.
public final class WorkerCompiler {

    private final Kernels kernels;
    private final ModelSpec model;
    private final Quantization quantization;
    private final Engine engine;
    private final Map<Parallelism, Curves> curves = new ConcurrentHashMap<>();
    private final Map<Heads, Grids> grids = new ConcurrentHashMap<>();

    /// A compiler with nothing compiled yet.
    public WorkerCompiler(
            Kernels kernels, ModelSpec model, Quantization quantization, Engine engine) {
        this.kernels = kernels;
        this.model = model;
        this.quantization = quantization.on(kernels.accelerator());
        this.engine = engine;
    }

    private record Curves(TokenCurve prefill, TokenCurve decode) {}

    private record Grids(AttentionGrid context, AttentionGrid generation) {}

    /// What attention on one GPU looks like, whatever the rest of the worker.
    private record Heads(int tensor, boolean exchanging) {}

    /// Compiles a worker. Refuses, with the reason, a parallelism that is not legal, a number
    /// format that the accelerator does not compute in, and weights that do not fit.
    public CompiledWorker compile(Parallelism parallelism) {
        Accelerator accelerator = kernels.accelerator();
        Optional<String> illegal = parallelism.illegal(model, accelerator);
        if (illegal.isPresent()) {
            throw new IllegalArgumentException("parallelism " + illegal.get());
        }
        if (!quantization.computedBy(accelerator)) {
            throw new IllegalArgumentException(
                    "precision %s is not computed by %s; use fp8 or bf16."
                            .formatted(quantization.gemm().label(), accelerator.name()));
        }
        Memory memory = Memory.of(model, accelerator, quantization, parallelism, engine.cache());
        ForwardPass pass = pass(parallelism);
        Curves stage = curves.computeIfAbsent(parallelism.withChunks(1, 0), this::curves);
        Grids attention =
                grids.computeIfAbsent(
                        new Heads(parallelism.tensor(), pass.exchanging()),
                        _ ->
                                new Grids(
                                        AttentionGrid.sample(pass::contextMicros),
                                        AttentionGrid.sample(pass::generationMicros)));
        return new CompiledWorker(
                pass,
                engine,
                memory,
                parallelism,
                new CompiledWorker.Latencies(
                        stage.prefill.plus(pass::hopsMicros),
                        stage.decode.plus(pass::hopsMicros),
                        attention.context,
                        attention.generation));
    }

    private ForwardPass pass(Parallelism parallelism) {
        return new ForwardPass(kernels, model, quantization, parallelism, engine);
    }

    private Curves curves(Parallelism oneStage) {
        ForwardPass pass = pass(oneStage);
        return new Curves(
                TokenCurve.sample(tokens -> pass.tokensMicros(tokens, false)),
                TokenCurve.sample(tokens -> pass.tokensMicros(tokens, true)));
    }
}
