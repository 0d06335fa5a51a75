package dev.ratematch.harness.bench;

import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.frontier.mix.Placement;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.frontier.search.Configurations;
import dev.ratematch.costmodel.frontier.search.DecodeSweep;
import dev.ratematch.costmodel.frontier.search.FleetPlanner;
import dev.ratematch.costmodel.frontier.search.ShapeRules;
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
import dev.ratematch.costmodel.phase.WorkerCompiler;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What [ModelBench] measures: DeepSeek-R1 NVFP4 on GB200, 8192 in, 1024 out, 5 s and 25 ms.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ModelBenchmarks {

    private static final Accelerator GPU = Accelerators.GB200;
    private static final int POINTS = 400_000;
    private static final int CONFIGURATIONS = 300;

    /// Compiled workers, as every control cycle but the first has them.
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class Workers {

        /// The budget they are compiled for.
        @Param("72")
        public int gpus;

        private List<CompiledWorker> compiled;
        private List<PrefillPoint> prefill;

        /// Compiles them.
        @Setup
        public void compile() {
            compiled = compiled(gpus);
            prefill = FleetPlanner.prefillPoints(target(), compiled);
        }
    }

    /// A sweep of each thread's own.
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Sweep {

        private DecodeSweep sweep;

        /// Lays it out.
        @Setup
        public void layOut(Workers workers) {
            sweep = new DecodeSweep(target(), workers.compiled, workers.prefill, POINTS);
        }
    }

    /// Counts design points rather than calls.
    @AuxCounters
    @State(Scope.Thread)
    public static class Counter {

        /// Design points.
        public long points;
    }

    /// The budget of a plan.
    @State(Scope.Benchmark)
    public static class Budget {

        /// GPUs of both pools.
        @Param("72")
        public int gpus;
    }

    /// A point is a decode batch priced, matched with prefill and stored.
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public double designPoints(Sweep state, Counter counter) {
        var sweep = state.sweep;
        for (int slice = 0; slice < sweep.slices(); slice++) {
            sweep.fill(slice);
        }
        counter.points += sweep.size();
        return sweep.interactivity(0);
    }

    /// Compiles three hundred wide workers of three models, each as if it were the only one.
    @Benchmark
    public double compile300() {
        int done = 0;
        double tokens = 0;
        var models = List.of(Models.DEEPSEEK_R1, Models.QWEN3_235B_A22B, Models.LLAMA_3_1_405B);
        while (done < CONFIGURATIONS) {
            for (ModelSpec model : models) {
                for (Parallelism p : Configurations.candidates(GPU, 1152)) {
                    if (done < CONFIGURATIONS && p.gpus() >= 8 && p.illegal(model, GPU).isEmpty()) {
                        tokens += compiler(model).compile(p).kvCapacityTokens();
                        done++;
                    }
                }
            }
        }
        return tokens;
    }

    /// Compiles its configurations anew, those of a plan together, as the first request for a model
    /// does.
    @Benchmark
    public double planCold(Budget budget) {
        return plan(target(), compiled(budget.gpus), budget.gpus);
    }

    /// Has them.
    @Benchmark
    public double planWarm(Workers workers) {
        return plan(target(), workers.compiled, workers.gpus);
    }

    private static Target target() {
        var link = KvLink.of(GPU.nvlinkBytesPerSecond(), KvLink.Mode.PULL);
        return new Target(Models.DEEPSEEK_R1, Load.of(8192, 1024), link, Pairing.FAN_OUT, 5, 0.025);
    }

    private static List<CompiledWorker> compiled(int gpus) {
        var compiler = compiler(Models.DEEPSEEK_R1);
        return Configurations.compile(
                        Configurations.candidates(GPU, gpus),
                        Models.DEEPSEEK_R1,
                        GPU,
                        compiler::compile)
                .legal();
    }

    private static WorkerCompiler compiler(ModelSpec model) {
        return new WorkerCompiler(
                ShippedProfiles.kernels(GPU),
                model,
                Quantization.of(Precision.NVFP4, model, KvDtype.FP8),
                Engine.TRTLLM);
    }

    private static double plan(Target target, List<CompiledWorker> workers, int gpus) {
        var result =
                FleetPlanner.plan(
                        target, new Placement(GPU.nvlinkGpus(), gpus), workers, ShapeRules.MIXED);
        return result instanceof FleetPlanner.Result.Planned(var plan)
                ? plan.mix().servedRequestsPerSecond()
                : 0;
    }
}
