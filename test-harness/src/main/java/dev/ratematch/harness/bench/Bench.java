package dev.ratematch.harness.bench;

import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.controller.telemetry.ExpositionParser;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Every figure of `ratematch bench`, in order.
public final class Bench {

    private static final double MEGA = 1e6;
    private static final int COPY_BYTES = 64 << 20;
    private static final int[] BUDGETS = {32, 72, 1152};
    private static final int[] WIDTHS = {1, 2, 4, 8};

    /// One group of figures.
    public interface Part {

        /// Measures.
        List<Figure> measure(Stopwatch watch);
    }

    private Bench() {}

    /// The groups, in the order in which they are printed.
    public static List<Part> parts() {
        var parts = new ArrayList<Part>();
        parts.add(Bench::simulation);
        parts.add(watch -> control(watch, BUDGETS[0]));
        parts.add(watch -> control(watch, BUDGETS[2]));
        parts.add(Bench::parsing);
        for (int gpus : BUDGETS) {
            parts.add(watch -> plan(watch, gpus));
        }
        parts.add(Bench::costModel);
        return List.copyOf(parts);
    }

    private static List<Figure> simulation(Stopwatch watch) {
        var trace = Subjects.trace(100, 60);
        return List.of(
                watch.counted(
                        "simulated requests",
                        "requests/s",
                        () -> Subjects.served(trace).log().completed()),
                watch.counted(
                        "simulated iterations",
                        "iterations/s",
                        () -> (double) Subjects.served(trace).iterations()));
    }

    private static List<Figure> control(Stopwatch watch, int gpus) {
        var steps = new ControlSteps(gpus);
        String at = " at %d GPUs".formatted(gpus);
        return List.of(
                watch.rate("control steps" + at, "steps/s", 1, i -> step(steps, i)),
                watch.quantile("control step" + at + ", p50", 0.50, i -> step(steps, i)),
                watch.quantile("control step" + at + ", p99", 0.99, i -> step(steps, i)));
    }

    private static double step(ControlSteps steps, int turn) {
        return steps.step(turn).verdicts().size();
    }

    /// Parsing, and beside it a simpler pass over the same text, splitting it into lines, and
    /// moving as many bytes.
    private static List<Figure> parsing(Stopwatch watch) {
        String body = Subjects.scrape();
        double megabytes = body.getBytes(StandardCharsets.UTF_8).length / MEGA;
        var parser = ExpositionParser.reading(Catalogue.shipped());
        byte[] from = new byte[COPY_BYTES];
        byte[] to = new byte[COPY_BYTES];
        return List.of(
                watch.rate(
                        "scrape parse", "MB/s", megabytes, _ -> (double) parser.parse(body).size()),
                watch.rate(
                        "for comparison, splitting a scrape into lines",
                        "MB/s",
                        megabytes,
                        _ -> (double) body.lines().count()),
                watch.rate(
                        "for comparison, memory copy",
                        "MB/s",
                        COPY_BYTES / MEGA,
                        i -> {
                            from[i & 1023]++;
                            System.arraycopy(from, 0, to, 0, COPY_BYTES);
                            return to[i & 1023];
                        }));
    }

    private static List<Figure> plan(Stopwatch watch, int gpus) {
        var service = Subjects.service(gpus);
        return List.of(
                watch.latency(
                        "plan at %d GPUs".formatted(gpus), i -> Subjects.plan(service, gpus, i)));
    }

    /// A design point is one worker at one batch and context: a prefill iteration and a decode
    /// step.
    private static List<Figure> costModel(Stopwatch watch) {
        var workers = new ArrayList<CompiledWorker>();
        for (int width : WIDTHS) {
            workers.add(compile(width));
        }
        return List.of(
                watch.rate("cost model", "design points/s", 1, i -> designPoint(workers, i)),
                watch.latency(
                        "cost model, compiling a worker",
                        i -> compile(WIDTHS[i % WIDTHS.length]).gpus()));
    }

    private static double designPoint(List<CompiledWorker> workers, int turn) {
        var worker = workers.get(turn & 3);
        double batch = 1 + (turn >>> 2) % 256;
        double context = 512.0 * (1 + (turn >>> 10) % 32);
        return worker.prefillIterationSeconds(context, context * context)
                + worker.decodeStepSeconds(batch, batch * context);
    }

    private static CompiledWorker compile(int width) {
        return CompiledWorker.compile(
                ShippedProfiles.kernels(Accelerators.named("b200")),
                Models.named("llama-3.1-70b"),
                Quantization.of(Precision.NVFP4, Models.named("llama-3.1-70b"), KvDtype.FP8),
                Parallelism.tp(width),
                Engine.TRTLLM);
    }
}
