package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.KernelFamily;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.kernel.Sample;
import dev.ratematch.costmodel.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Measures the model against measurements and writes what it finds as Markdown.
public final class AccuracyReport {

    /// Systems with kernels of their own, as the files name them.
    private static final List<String> SYSTEMS = List.of("b200_sxm", "gb200", "b300_sxm");

    private final Measurements measurements;
    private final Function<Accelerator, Kernels> kernels;
    private final OnlineAccuracy.Learner untaught;
    private final UnaryOperator<List<String>> shuffled;
    private final StringBuilder text = new StringBuilder();

    /// A report on a model.
    ///
    /// @param measurements to judge it by
    /// @param kernels its kernels, by accelerator
    /// @param untaught who learns from an engine while it runs
    /// @param shuffled the same order for the same names, on every call
    public AccuracyReport(
            Measurements measurements,
            Function<Accelerator, Kernels> kernels,
            OnlineAccuracy.Learner untaught,
            UnaryOperator<List<String>> shuffled) {
        this.measurements = measurements;
        this.kernels = kernels;
        this.untaught = untaught;
        this.shuffled = shuffled;
    }

    /// Told when a part is done.
    public interface Progress {
        /// One of [#PARTS] is done.
        void done(String part);
    }

    /// Parts of a report.
    public static final int PARTS = SYSTEMS.size() + 4;

    /// Measures everything.
    public String measure(Progress progress) {
        for (String system : SYSTEMS) {
            kernels(system);
            progress.done(system);
        }
        steps();
        progress.done("steps");
        serving();
        progress.done("deployments");
        online();
        progress.done("telemetry");
        plans();
        progress.done("plans");
        return text.toString();
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String percent(Errors errors) {
        return errors.count() == 0
                ? "- | -"
                : String.format(
                        Locale.ROOT, "%.2f | %.1f", 100 * errors.median(), 100 * errors.p90());
    }

    private void kernels(String system) {
        Accelerator accelerator = Accelerators.named(system);
        Map<KernelFamily, List<Sample>> samples = measurements.kernels(system);
        line("");
        line("## Kernels, %s", system);
        line("");
        line(
                "Every launch predicted by a fit that it had no part in: a quarter of the launches, or");
        line("a quarter of the shapes with all their launches, left out in turn.");
        line("");
        line("| family | launches | rows: median, %% | p90, %% | shapes: median, %% | p90, %% |");
        line("|---|---|---|---|---|---|");
        samples.entrySet().parallelStream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(
                        entry ->
                                KernelAccuracy.of(
                                        entry.getKey(), entry.getValue(), accelerator, shuffled))
                .toList()
                .forEach(
                        family ->
                                line(
                                        "| %s | %d | %s | %s |",
                                        family.family(),
                                        family.rows().count(),
                                        percent(family.rows()),
                                        percent(family.shapes())));
    }

    private void steps() {
        line("");
        line("## The peer's estimates of single iterations");
        line("");
        line(
                "NVIDIA's aiconfigurator composes its kernel tables; we compose our surfaces. Nothing");
        line("is fitted to its estimates.");
        line("");
        line(
                "| estimate | rows | answered | median, %% | p90, %% | rooflines: median, %% | p90, %% |");
        line("|---|---|---|---|---|---|---|");
        for (var a :
                List.of(
                        StepAccuracy.steps(
                                "prefill",
                                measurements.table("aic_prefill"),
                                new StepPredictor(false, kernels)),
                        StepAccuracy.steps(
                                "decode",
                                measurements.table("aic_decode"),
                                new StepPredictor(true, kernels)),
                        StepAccuracy.memory(measurements.table("aic_memory")),
                        StepAccuracy.coLocated(
                                measurements.table("aic_agg"), new StepPredictor(true, kernels)))) {
            line(
                    "| %s | %d | %d | %s | %s |",
                    a.name(),
                    a.rows(),
                    a.model().count(),
                    percent(a.model()),
                    percent(a.roofline()));
        }
    }

    private void serving() {
        Table all = measurements.table("silicon_e2e");
        var observations = ServingObservations.of(all, kernels);
        long complete = all.rows().stream().filter(ServingAccuracy::complete).count();
        line("");
        line("## Real deployments");
        line("");
        line(
                "Public closed-loop runs on B200, B300, GB200 and GB300. The column \"kernels\" is the");
        line(
                "model with nothing fitted to deployments; \"model\" adds what engines add, fitted on");
        line("other configurations (five folds over whole configurations, dealt four times).");
        line("");
        line(
                "%d rows, %d with a complete configuration, %d answered (%.1f %% of the complete).",
                all.rows().size(),
                complete,
                observations.rows().size(),
                100.0 * observations.rows().size() / complete);
        line("");
        line("| latency | rows | kernels: median, %% | p90, %% | model: median, %% | p90, %% |");
        line("|---|---|---|---|---|---|");
        for (var l : ServingAccuracy.lines(observations)) {
            line(
                    "| %s | %d | %s | %s |",
                    l.name(), l.kernels().count(), percent(l.kernels()), percent(l.corrected()));
        }
        line("");
        line("Row by row beside the peer's own estimates, on the rows that both answer:");
        line("");
        line(
                "| latency | complete, peer answered | both | peer: median, %% | p90, %% | model: median, %% | p90, %% |");
        line("|---|---|---|---|---|---|---|");
        for (var b : ServingAccuracy.besidePeer(observations, all, measurements.table("aic_e2e"))) {
            line(
                    "| %s | %d | %d | %s | %s |",
                    (b.disaggregated() ? "disagg " : "agg ") + (b.ttft() ? "TTFT" : "TPOT"),
                    b.complete(),
                    b.ours().count(),
                    percent(b.peer()),
                    percent(b.ours()));
        }
        line("");
        line("Refused:");
        line("");
        observations.refused().entrySet().stream()
                .sorted((a, b) -> b.getValue() - a.getValue())
                .limit(8)
                .forEach(e -> line("- %d: %s", e.getValue(), e.getKey()));
    }

    private void online() {
        var a =
                OnlineAccuracy.of(
                        measurements.table("fpm_prefill"),
                        kernels.apply(Accelerators.B200),
                        untaught);
        line("");
        line("## A real prefill engine, learnt from while it runs");
        line("");
        line(
                "gpt-oss-120b on one B200, TensorRT-LLM, %d iterations after the first %d: each is"
                        + " predicted before it is learnt from.",
                a.online().count(), OnlineAccuracy.LEARNT_FIRST);
        line("");
        line("| prediction | median, %% | p90, %% |");
        line("|---|---|---|");
        line("| the peer's | %s |", percent(a.peer()));
        line("| kernels | %s |", percent(a.kernels()));
        line("| kernels, offset and scale learnt online | %s |", percent(a.online()));
    }

    private void plans() {
        var gains = PeerPlans.gains(PeerPlans.parse(measurements.table("aic_plans")));
        var best = new ArrayList<Double>();
        double least = Double.MAX_VALUE;
        double first = 0;
        for (var gain : gains) {
            best.add(gain.percentOverBest());
            least = Math.min(least, gain.percentOverBest());
            first += gain.percentOverFirst() / gains.size();
        }
        line("");
        line("## Plans");
        line("");
        line("The exact mix on the true pool, priced at the peer's own rates of its own workers.");
        line("");
        line(
                "| scenarios | least gain over its best of three, %% | mean, %% | mean over its first, %% |");
        line("|---|---|---|---|");
        line(
                "| %d | %.2f | %.2f | %.2f |",
                gains.size(), least, best.stream().mapToDouble(x -> x).average().orElse(0), first);
    }
}
