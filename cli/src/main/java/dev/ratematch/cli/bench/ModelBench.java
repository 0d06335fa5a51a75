package dev.ratematch.cli.bench;

import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.frontier.Configurations;
import dev.ratematch.costmodel.frontier.DecodeSweep;
import dev.ratematch.costmodel.frontier.FleetPlanner;
import dev.ratematch.costmodel.frontier.Link;
import dev.ratematch.costmodel.frontier.Load;
import dev.ratematch.costmodel.frontier.Pairing;
import dev.ratematch.costmodel.frontier.Placement;
import dev.ratematch.costmodel.frontier.Target;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.costmodel.transfer.TransferModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Speed of the cost model, one figure a line: DeepSeek-R1 NVFP4 on GB200, 8192 in, 1024 out, 5 s
/// and 25 ms.
///
/// *Cold* compiles its configurations anew, as the first request for a model does; *warm* has them,
/// as every control cycle does. The first plan of a JVM, which no warm-up helps, has its own line.
public final class ModelBench {

    private static final Accelerator GPU = Accelerators.GB200;
    private static final int POINTS = 400_000;
    private static final int CONFIGURATIONS = 300;
    private static final int[] BUDGETS = {72, 1152};
    private static final double MILLIS = 1e-3;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Stopwatch watch;
    private final Consumer<String> line;

    /// A run.
    ///
    /// @param line takes each figure
    public ModelBench(Stopwatch watch, Consumer<String> line) {
        this.watch = watch;
        this.line = line;
    }

    /// Measures everything.
    public void run() {
        long start = System.nanoTime();
        plan(target(), compiled(72), 72);
        milliseconds("plan_72_first_in_jvm", (System.nanoTime() - start) / NANOS_PER_MILLI);
        designPoints(1);
        designPoints(2);
        var figure = watch.latency("compile", _ -> compile300());
        milliseconds("compile_300", figure.value() * MILLIS);
        for (int gpus : BUDGETS) {
            var cold = watch.latency("cold", _ -> plan(target(), compiled(gpus), gpus));
            milliseconds("plan_" + gpus + "_cold", cold.value() * MILLIS);
            var workers = compiled(gpus);
            var warm = watch.latency("warm", _ -> plan(target(), workers, gpus));
            milliseconds("plan_" + gpus + "_warm", warm.value() * MILLIS);
        }
    }

    /// Each thread fills slices of a sweep of its own; a point is a decode batch priced, matched
    /// with prefill and stored.
    private void designPoints(int threads) {
        var workers = compiled(72);
        var prefill = FleetPlanner.prefillPoints(target(), workers);
        var sweeps = new ArrayList<DecodeSweep>();
        for (int i = 0; i < threads; i++) {
            sweeps.add(new DecodeSweep(target(), workers, prefill, POINTS));
        }
        var figure =
                watch.rate(
                        "design points",
                        "1/s",
                        (double) threads * sweeps.getFirst().size(),
                        _ -> {
                            IntStream.range(0, threads)
                                    .parallel()
                                    .forEach(i -> fill(sweeps.get(i)));
                            return sweeps.getFirst().interactivity(0);
                        });
        line.accept(
                "design_points_per_s_%d_thread%s: %s 1/s"
                        .formatted(threads, threads == 1 ? "" : "s", power(figure.value())));
    }

    private static void fill(DecodeSweep sweep) {
        for (int slice = 0; slice < sweep.slices(); slice++) {
            sweep.fill(slice);
        }
    }

    private void milliseconds(String name, double value) {
        line.accept(String.format(Locale.ROOT, "%s: %.2f ms", name, value));
    }

    private static String power(double value) {
        return String.format(Locale.ROOT, "%.2e", value).replace("e+0", "e").replace("e+", "e");
    }

    private static Target target() {
        var link = new Link(TransferModel.Mode.PULL, GPU.nvlinkBytesPerSecond(), 0.002);
        return new Target(Models.DEEPSEEK_R1, Load.of(8192, 1024), link, Pairing.FAN_OUT, 5, 0.025);
    }

    private static List<CompiledWorker> compiled(int gpus) {
        return Configurations.compile(
                        Configurations.candidates(GPU, gpus),
                        Models.DEEPSEEK_R1,
                        GPU,
                        p -> compile(Models.DEEPSEEK_R1, p))
                .legal();
    }

    private static double compile300() {
        int done = 0;
        double tokens = 0;
        var models = List.of(Models.DEEPSEEK_R1, Models.QWEN3_235B_A22B, Models.LLAMA_3_1_405B);
        while (done < CONFIGURATIONS) {
            for (ModelSpec model : models) {
                for (Parallelism p : Configurations.candidates(GPU, 1152)) {
                    if (done < CONFIGURATIONS && p.gpus() >= 8 && p.illegal(model, GPU).isEmpty()) {
                        tokens += compile(model, p).kvCapacityTokens();
                        done++;
                    }
                }
            }
        }
        return tokens;
    }

    private static CompiledWorker compile(ModelSpec model, Parallelism parallelism) {
        return CompiledWorker.compile(
                ShippedProfiles.kernels(GPU),
                model,
                Quantization.of(Precision.NVFP4, model, KvDtype.FP8),
                parallelism,
                Engine.TRTLLM);
    }

    private static double plan(Target target, List<CompiledWorker> workers, int gpus) {
        var result = FleetPlanner.plan(target, new Placement(GPU.nvlinkGpus(), gpus), workers);
        return result instanceof FleetPlanner.Result.Planned(var plan)
                ? plan.mix().servedRequestsPerSecond()
                : 0;
    }
}
