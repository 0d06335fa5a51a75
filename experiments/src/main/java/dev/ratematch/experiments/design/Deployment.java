package dev.ratematch.experiments.design;

import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.Piggyback;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.frontier.search.ColocatedSweep;
import dev.ratematch.costmodel.frontier.search.Configurations;
import dev.ratematch.costmodel.frontier.search.FleetPlanner;
import dev.ratematch.costmodel.frontier.search.Frontier;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.costmodel.phase.WorkerCompiler;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A model under a load on a system, as the paper assumes: all pairings, layer-wise transfer over
/// NVLink, kernels without what a particular engine adds.
///
/// @param model the model
/// @param load its traffic
/// @param ttftSeconds points with a later first token do not count; the paper takes 10 s
/// @param workers what it can run as
public record Deployment(
        ModelSpec model, Load load, double ttftSeconds, List<CompiledWorker> workers) {

    private static final double NVLINK = 9e11;

    public Deployment {
        workers = List.copyOf(workers);
    }

    /// Every legal worker up to a number of GPUs, in NVFP4.
    public static Deployment of(ModelSpec model, Accelerator accelerator, int widest, Load load) {
        return of(model, accelerator, Precision.NVFP4, widest, load);
    }

    /// The same in another precision.
    public static Deployment of(
            ModelSpec model, Accelerator accelerator, Precision precision, int widest, Load load) {
        var compiler = compiler(model, accelerator, precision, Engine.bare("trtllm"));
        var found =
                Configurations.compile(
                        Configurations.candidates(accelerator, widest),
                        model,
                        accelerator,
                        compiler::compile);
        return new Deployment(model, load, 10, found.legal());
    }

    /// Compiles workers of a model on a system.
    public static WorkerCompiler compiler(
            ModelSpec model, Accelerator accelerator, Precision precision, Engine engine) {
        return new WorkerCompiler(
                ShippedProfiles.kernels(accelerator),
                model,
                Quantization.of(precision, model, KvDtype.FP8),
                engine);
    }

    /// The same workers under another load.
    public Deployment under(Load other) {
        return new Deployment(model, other, ttftSeconds, workers);
    }

    /// The same workers under another promise of the first token, seconds.
    public Deployment promising(double seconds) {
        return new Deployment(model, load, seconds, workers);
    }

    /// What is asked for at an interactivity.
    public Target target(double tokensPerSecondPerUser) {
        var link = KvLink.of(NVLINK, KvLink.Mode.LAYERWISE);
        return new Target(model, load, link, Pairing.ANY, ttftSeconds, 1 / tokensPerSecondPerUser);
    }

    /// A prefill and a decode worker matched at an interactivity.
    ///
    /// @param interactivity tokens/s/user
    public record Matched(
            double interactivity, PrefillPoint prefill, DecodePoint decode, Load load) {

        /// Prefill requests/s/GPU.
        public double perPrefill() {
            return prefill.rate().requestsPerSecondPerGpu();
        }

        /// Decode requests/s/GPU.
        public double perDecode() {
            return decode.rate().requestsPerSecondPerGpu();
        }

        /// Prefill GPUs per decode GPU with both pools busy.
        public double ratio() {
            return perDecode() / perPrefill();
        }

        /// Output tokens/s/GPU at a ratio.
        public double at(double ratio) {
            return load.outputTokens() * Math.min(ratio * perPrefill(), perDecode()) / (1 + ratio);
        }
    }

    /// The best pair of workers at an interactivity; empty when none is that fast.
    public Optional<Matched> matched(double interactivity) {
        var target = target(interactivity);
        var prefill =
                FleetPlanner.prefillPoints(target, workers).stream()
                        .max(Comparator.comparingDouble(p -> p.rate().requestsPerSecondPerGpu()));
        var decode =
                FleetPlanner.decodePoints(target, workers).stream()
                        .max(Comparator.comparingDouble(d -> d.rate().requestsPerSecondPerGpu()));
        return prefill.flatMap(p -> decode.map(d -> new Matched(interactivity, p, d, load)));
    }

    /// Tokens/s/user of the fastest worker with one sequence per copy of attention.
    public double fastest() {
        double low = 1;
        double high = 4000;
        while (high - low > 0.1) {
            double middle = (low + high) / 2;
            if (FleetPlanner.decodePoints(target(middle), workers).isEmpty()) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return low;
    }

    /// Output tokens/s/GPU of the best co-located workers at an interactivity; 0 where none keeps
    /// both latencies.
    public double colocatedTokensPerSecondPerGpu(double interactivity) {
        var target = target(interactivity);
        return load.outputTokens()
                * workers.stream()
                        .flatMap(w -> new Piggyback(target, w).best(target).stream())
                        .mapToDouble(point -> point.rate().requestsPerSecondPerGpu())
                        .max()
                        .orElse(0);
    }

    /// The same with stages of no more than so many GPUs, as a smaller NVLink domain has them.
    public Deployment within(int domainGpus) {
        return new Deployment(
                model,
                load,
                ttftSeconds,
                workers.stream()
                        .filter(w -> w.parallelism().gpusPerStage() <= domainGpus)
                        .toList());
    }

    /// Co-located frontier.
    public Frontier colocated(int points) {
        var sweep = new ColocatedSweep(target(1), workers, points);
        for (int slice = 0; slice < sweep.slices(); slice++) {
            sweep.fill(slice);
        }
        return Frontier.of(sweep);
    }
}
