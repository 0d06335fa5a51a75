package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.kernel.Confidence;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.memory.Memory;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.units.Check;

/// One kind of worker, compiled: what depends on tokens alone as one curve a phase, attention as
/// one surface a phase, so that an iteration costs two look-ups. All arguments count the whole
/// worker, not one GPU; copies of attention and pipeline stages share them evenly. Under a
/// pipeline, times are latencies through all stages.
public sealed class CompiledWorker permits RelievedWorker {

    private static final double MICROS = 1e-6;

    private final ForwardPass pass;
    private final Engine engine;
    private final Memory memory;
    private final Parallelism parallelism;
    private final Latencies latencies;
    private final TokenCurve prefill;
    private final TokenCurve decode;
    private final AttentionGrid context;
    private final AttentionGrid generation;

    /// Curves of all but attention, surfaces of attention, by phase.
    record Latencies(
            TokenCurve prefill,
            TokenCurve decode,
            AttentionGrid context,
            AttentionGrid generation) {}

    CompiledWorker(
            ForwardPass pass,
            Engine engine,
            Memory memory,
            Parallelism parallelism,
            Latencies latencies) {
        this.pass = pass;
        this.engine = engine;
        this.memory = memory;
        this.parallelism = parallelism;
        this.latencies = latencies;
        this.prefill = latencies.prefill();
        this.decode = latencies.decode();
        this.context = latencies.context();
        this.generation = latencies.generation();
    }

    CompiledWorker(CompiledWorker other) {
        this(other.pass, other.engine, other.memory, other.parallelism, other.latencies);
    }

    /// The same worker as requests see it whose lengths alone do not say what they cost.
    public final CompiledWorker relieved(Relief relief) {
        return new RelievedWorker(this, relief);
    }

    /// Compiles one worker; a [WorkerCompiler] compiles many in less time.
    public static CompiledWorker compile(
            Kernels kernels,
            ModelSpec model,
            Quantization quantization,
            Parallelism parallelism,
            Engine engine) {
        return new WorkerCompiler(kernels, model, quantization, engine).compile(parallelism);
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
        double copies = parallelism.attentionData();
        double m = tokens / copies;
        double micros = prefill.at(m) + contextMicros(m, squares / tokens);
        return engine.prefillScale() * micros * MICROS + engine.prefillOffsetSeconds();
    }

    /// Attention of the prompts that one copy takes in, microseconds.
    ///
    /// As many prompts of equal length as have the same tokens and the same squares stand for them.
    /// Squares that not even a single prompt reaches come from a cached prefix: `S^2 - P^2` over `S
    /// - P` tokens is `S + P`, so that S is known, and the whole prompt is taken so many times as
    ///   its own squares are of all of them. New tokens never take less for what is cached.
    private double contextMicros(double tokens, double squaresPerToken) {
        double reach = Math.max(1, squaresPerToken);
        if (reach <= tokens) {
            return context.at(tokens / reach, reach);
        }
        double whole = (reach + tokens) / 2;
        double share = tokens * reach / (whole * whole);
        return Math.max(context.at(1, tokens), share * context.at(1, whole));
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
        double m = sequences / (parallelism.attentionData() * parallelism.pipeline());
        double micros = decode.at(m) + generation.at(m, residentTokens / sequences);
        return engine.decodeScale() * micros * MICROS + engine.decodeOffsetSeconds();
    }

    /// Seconds of one iteration that carries prefill and decode together, as co-located engines run
    /// them.
    ///
    /// @param tokens new prompt tokens
    /// @param squares as for a prefill iteration
    /// @param sequences sequences that decode beside it
    /// @param residentTokens their tokens of context
    public double mixedSeconds(
            double tokens, double squares, double sequences, double residentTokens) {
        if (tokens <= 0) {
            return decodeStepSeconds(sequences, residentTokens);
        }
        if (sequences <= 0) {
            return prefillIterationSeconds(tokens, squares);
        }
        double copies = parallelism.attentionData();
        double m = tokens / copies;
        double b = sequences / (copies * parallelism.pipeline());
        double prompts = prefill.at(m + b) + contextMicros(m, squares / tokens);
        double micros = prompts + generation.at(b, residentTokens / sequences);
        // The floor of a pure prefill iteration does not show in steps that decode besides.
        return engine.prefillScale() * micros * MICROS + engine.decodeOffsetSeconds();
    }

    /// What of a prefill iteration no kernel accounts for, seconds.
    public final double prefillFloorSeconds() {
        return engine.prefillOffsetSeconds();
    }

    /// How far a decode step can be trusted.
    ///
    /// @param batch sequences on one copy of attention
    /// @param length tokens of context of each
    public final Confidence confidence(double batch, double length) {
        return ForwardPass.confidence(pass.decode(batch, length));
    }

    /// The operators behind an iteration, for explanations.
    public final ForwardPass pass() {
        return pass;
    }

    /// KV bytes of one token of context over all GPUs, duplicates included.
    public final double kvBytesPerToken() {
        return memory.kvBytesPerToken();
    }

    /// KV bytes of one token of context, stored once: what a transfer carries.
    public final double distinctKvBytesPerToken() {
        return memory.distinctKvBytesPerToken();
    }

    /// Tokens of context that fit.
    public long kvCapacityTokens() {
        return memory.kvCapacityTokens();
    }

    /// GPUs of the worker.
    public final int gpus() {
        return parallelism.gpus();
    }

    /// How the worker is spread over them.
    public final Parallelism parallelism() {
        return parallelism;
    }

    /// What it keeps in memory.
    public final Memory memory() {
        return memory;
    }
}
