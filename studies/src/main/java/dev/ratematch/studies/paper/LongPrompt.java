package dev.ratematch.studies.paper;

import dev.ratematch.costmodel.frontier.points.ChunkedPipeline;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.costmodel.phase.WorkerCompiler;
import dev.ratematch.experiments.design.Deployment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// DeepSeek-R1 on prompts of 256K tokens over 64 GPUs, more and more of the parallelism in stages
/// that the prompt passes in chunks.
///
/// @param stages pipeline stages; each has `64 / stages` GPUs
/// @param chunkTokens of a chunk
/// @param ftlSeconds first-token latency
/// @param tokensPerSecondPerGpu prompt tokens of a filled pipe
public record LongPrompt(
        int stages, int chunkTokens, double ftlSeconds, double tokensPerSecondPerGpu) {

    private static final int GPUS = 64;
    private static final int[] CHUNKS = {1024, 2048, 4096, 8192, 16_384, 32_768};
    private static final Load LOAD = Load.of(262_144, 2048);

    /// One stage, two, and so on up to 32.
    public static List<LongPrompt> all() {
        var compiler =
                Deployment.compiler(
                        Models.DEEPSEEK_R1,
                        Accelerators.GB200,
                        Precision.NVFP4,
                        Engine.bare("trtllm"));
        var all = new ArrayList<LongPrompt>();
        for (int stages = 1; stages <= 32; stages *= 2) {
            all.add(fastest(compiler, stages));
        }
        return all;
    }

    /// The chunk size with the smallest first-token latency; one stage takes prompts whole.
    private static LongPrompt fastest(WorkerCompiler compiler, int stages) {
        int copies = GPUS / stages;
        var worker = compiler.compile(Parallelism.dep(copies).withPipeline(stages));
        int[] sizes = stages == 1 ? new int[] {(int) LOAD.inputTokens()} : CHUNKS;
        return Arrays.stream(sizes)
                .mapToObj(size -> of(worker, stages, size))
                .min(Comparator.comparingDouble(LongPrompt::ftlSeconds))
                .orElseThrow();
    }

    private static LongPrompt of(CompiledWorker worker, int stages, int size) {
        int copies = GPUS / stages;
        ChunkedPipeline pipe =
                ChunkedPipeline.of(
                        (chunk, prefix) ->
                                worker.prefillIterationSeconds(
                                                copies * chunk,
                                                copies * chunk * (2 * prefix + chunk))
                                        / stages,
                        stages,
                        LOAD,
                        size,
                        0);
        double tokens = copies * LOAD.inputTokens() / pipe.secondsPerPrompt();
        return new LongPrompt(stages, size, pipe.ftlSeconds(), tokens / GPUS);
    }
}
