package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.memory.Memory;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.units.Check;
import java.util.Locale;
import java.util.Optional;

/// One kind of worker, compiled: the token-proportional part of an iteration as one curve per
/// phase, attention as a closed form over (tokens, squares) and (sequences, resident tokens). All
/// arguments count the whole worker, not one GPU; under data-parallel attention its copies share
/// them evenly. Under a pipeline, times are latencies through all stages.
public final class CompiledWorker {

    private static final double MICROS = 1e-6;

    private final Layers layers;
    private final Engine engine;
    private final Memory memory;
    private final Parallelism parallelism;
    private final TokenCurve prefill;
    private final TokenCurve decode;

    private CompiledWorker(Layers layers, Engine engine, Memory memory, Parallelism parallelism) {
        this.layers = layers;
        this.engine = engine;
        this.memory = memory;
        this.parallelism = parallelism;
        this.prefill = TokenCurve.sample(layers::prefillTokensMicros);
        this.decode = TokenCurve.sample(layers::decodeTokensMicros);
    }

    /// Compiles a worker. Refuses, with the reason, a parallelism that is not legal, a precision
    /// that the accelerator does not compute in, and weights that do not fit.
    public static CompiledWorker compile(
            ModelSpec model,
            Accelerator accelerator,
            Precision precision,
            KvDtype kv,
            Parallelism parallelism,
            Engine engine) {
        Optional<String> illegal = parallelism.illegal(model, accelerator);
        if (illegal.isPresent()) {
            throw new IllegalArgumentException("parallelism " + illegal.get());
        }
        if (!(precision.flopsPerSecond(accelerator) > 0)) {
            throw new IllegalArgumentException(
                    "precision %s is not computed by %s; use fp8 or bf16."
                            .formatted(
                                    precision.name().toLowerCase(Locale.ROOT), accelerator.name()));
        }
        Memory memory = Memory.of(model, accelerator, precision, kv, parallelism);
        Layers layers = new Layers(model, accelerator, precision, kv, parallelism);
        return new CompiledWorker(layers, engine, memory, parallelism);
    }

    /// Seconds of one prefill iteration.
    ///
    /// @param tokens new tokens in the iteration, of all requests; 0 takes no time
    /// @param squares sum over the requests of S^2 - P^2, where S counts prompt tokens up to the
    ///   end of this iteration and P those that were there before it (cached or earlier chunks)
    public double prefillIterationSeconds(double tokens, double squares) {
        Check.finiteAtLeast("tokens", tokens, 0);
        Check.finiteAtLeast("squares", squares, 0);
        if (tokens == 0) {
            return 0;
        }
        double micros = prefill.at(tokens) + layers.contextMicros(tokens, squares);
        return engine.prefillScale() * micros * MICROS + engine.prefillOffsetSeconds();
    }

    /// Seconds of one decode step, which gives every sequence one token.
    ///
    /// @param sequences running sequences; 0 takes no time
    /// @param residentTokens tokens of context, summed over the sequences
    public double decodeStepSeconds(double sequences, double residentTokens) {
        Check.finiteAtLeast("sequences", sequences, 0);
        Check.finiteAtLeast("residentTokens", residentTokens, 0);
        if (sequences == 0) {
            return 0;
        }
        double micros = decode.at(sequences) + layers.generationMicros(sequences, residentTokens);
        return engine.decodeScale() * micros * MICROS + engine.decodeOffsetSeconds();
    }

    /// KV bytes of one token of context over all GPUs, duplicates included.
    public double kvBytesPerToken() {
        return memory.kvBytesPerToken();
    }

    /// KV bytes of one token of context, stored once: what a transfer carries.
    public double distinctKvBytesPerToken() {
        return memory.distinctKvBytesPerToken();
    }

    /// Tokens of context that fit.
    public long kvCapacityTokens() {
        return memory.kvCapacityTokens();
    }

    /// GPUs of the worker.
    public int gpus() {
        return parallelism.gpus();
    }

    /// How the worker is spread over them.
    public Parallelism parallelism() {
        return parallelism;
    }

    /// What it keeps in memory.
    public Memory memory() {
        return memory;
    }
}
