package dev.ratematch.studies.paper;

import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.search.Configurations;
import dev.ratematch.costmodel.frontier.search.Frontier;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.experiments.design.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.knowm.xchart.XYChart;

/// Draws the pictures of docs/paper.md into a folder and prints the figures behind them (`make
/// paper`).
public final class PaperFigures {

    /// NVL72 racks take workers of up to 64 GPUs.
    static final int WIDEST = 64;

    private static final int POINTS = 120;
    private static final List<ModelSpec> BY_SIZE =
            List.of(Models.LLAMA_3_1_8B, Models.LLAMA_3_1_70B, Models.LLAMA_3_1_405B);

    private final Path folder;

    private PaperFigures(Path folder) {
        this.folder = folder;
    }

    /// Writes into the folder named first.
    public static void main(String[] args) throws IOException {
        System.setProperty("java.awt.headless", "true");
        Path folder = Path.of(args.length > 0 ? args[0] : "docs/paper");
        Files.createDirectories(folder);
        var figures = new PaperFigures(folder);
        figures.ratio();
        figures.fixed();
        figures.gain();
        figures.domain();
        figures.longPrompts();
        figures.traffic();
        figures.measured();
    }

    private static Deployment deployment(ModelSpec model, Load load) {
        return Deployment.of(model, Accelerators.GB200, WIDEST, load);
    }

    /// Interactivities from 3 % to 99 % of a deployment's fastest.
    private static List<Deployment.Matched> curve(Deployment deployment) {
        double fastest = deployment.fastest();
        var curve = new ArrayList<Deployment.Matched>();
        for (int i = 0; i < POINTS; i++) {
            double share = 0.03 + 0.96 * i / (POINTS - 1);
            deployment.matched(share * fastest).ifPresent(curve::add);
        }
        return curve;
    }

    private static double[] column(
            List<Deployment.Matched> curve, Function<Deployment.Matched, Double> value) {
        return curve.stream().mapToDouble(value::apply).toArray();
    }

    private void ratio() throws IOException {
        XYChart chart =
                Charts.lines(
                        "Optimal prefill:decode GPUs, 16K in, 2K out",
                        "interactivity, tokens/s/user",
                        "prefill GPUs per decode GPU");
        for (ModelSpec model :
                List.of(
                        Models.DEEPSEEK_R1,
                        Models.LLAMA_3_1_405B,
                        Models.LLAMA_3_1_70B,
                        Models.LLAMA_3_1_8B)) {
            var curve = curve(deployment(model, Load.of(16_384, 2048)));
            Charts.add(
                    chart,
                    model.name(),
                    column(curve, Deployment.Matched::interactivity),
                    column(curve, Deployment.Matched::ratio));
            say(
                    "ratio %s: %.2f loosest, %.3f tightest",
                    model.name(), curve.getFirst().ratio(), curve.getLast().ratio());
        }
        chart.getStyler().setXAxisMax(180.0).setYAxisLogarithmic(true).setYAxisMin(0.01);
        Charts.write(chart, folder.resolve("ratio.png"));
    }

    private void fixed() throws IOException {
        var curve = curve(deployment(Models.DEEPSEEK_R1, Load.of(16_384, 2048)));
        double[] x = column(curve, Deployment.Matched::interactivity);
        XYChart chart =
                Charts.lines(
                        "Fixed ratios against the matched one, deepseek-r1, 16K in, 2K out",
                        "interactivity, tokens/s/user",
                        "output tokens/s/GPU");
        Charts.add(chart, "matched", x, column(curve, m -> m.at(m.ratio())));
        Charts.add(chart, "fixed 3.5", x, column(curve, m -> m.at(3.5)));
        Charts.add(chart, "fixed 0.5", x, column(curve, m -> m.at(0.5)));
        Charts.write(chart, folder.resolve("fixed.png"));
        for (int i : new int[] {0, POINTS / 5, POINTS / 2, curve.size() - 1}) {
            var m = curve.get(i);
            double best = m.at(m.ratio());
            say(
                    "fixed at %.0f tok/s/user: 3.5 gives %.0f %%, 0.5 gives %.0f %%",
                    m.interactivity(), 100 * m.at(3.5) / best, 100 * m.at(0.5) / best);
        }
    }

    private void gain() throws IOException {
        XYChart chart =
                Charts.lines(
                        "Disaggregated over co-located, 4096 in, 256 out",
                        "share of the fastest interactivity",
                        "ratio of output tokens/s/GPU");
        for (ModelSpec model : BY_SIZE) {
            var deployment = deployment(model, Load.of(4096, 256));
            Frontier joint = deployment.colocated(20_000);
            double fastest = deployment.fastest();
            var x = new ArrayList<Double>();
            var y = new ArrayList<Double>();
            for (double share = 0.05; share < 0.81; share += 0.025) {
                double gain = gain(deployment, joint, share * fastest);
                if (gain > 0) {
                    x.add(share);
                    y.add(gain);
                }
            }
            Charts.add(chart, model.name(), Charts.array(x), Charts.array(y));
            say(
                    "gain %s at 0.3 of the fastest: %.2f",
                    model.name(), gain(deployment, joint, 0.3 * fastest));
        }
        Charts.write(chart, folder.resolve("gain.png"));
    }

    /// Tokens/s/GPU of matched pools over co-located ones; 0 where either cannot.
    static double gain(Deployment deployment, Frontier joint, double interactivity) {
        double split = deployment.matched(interactivity).map(m -> m.at(m.ratio())).orElse(0.0);
        return joint.at(interactivity)
                .map(point -> split / point.tokensPerSecondPerGpu())
                .orElse(0.0);
    }

    private void domain() throws IOException {
        var whole = deployment(Models.DEEPSEEK_R1, Load.of(16_384, 2048));
        XYChart chart =
                Charts.lines(
                        "NVLink domains, deepseek-r1, 16K in, 2K out",
                        "interactivity, tokens/s/user",
                        "output tokens/s/GPU");
        for (int gpus : new int[] {72, 8}) {
            var curve = curve(whole.within(gpus));
            Charts.add(
                    chart,
                    "domain of " + gpus,
                    column(curve, Deployment.Matched::interactivity),
                    column(curve, m -> m.at(m.ratio())));
        }
        Charts.write(chart, folder.resolve("domain.png"));
    }

    private void longPrompts() throws IOException {
        var points = LongPrompt.all();
        XYChart chart =
                Charts.lines(
                        "256K prompts on 64 GPUs in chunks, deepseek-r1",
                        "pipeline stages",
                        "first-token latency, s");
        double[] x = points.stream().mapToDouble(LongPrompt::stages).toArray();
        double one = points.getFirst().tokensPerSecondPerGpu();
        Charts.add(
                chart,
                "first-token latency",
                x,
                points.stream().mapToDouble(LongPrompt::ftlSeconds).toArray());
        Charts.add(
                chart,
                "throughput over that of one stage, times 10",
                x,
                points.stream().mapToDouble(p -> 10 * p.tokensPerSecondPerGpu() / one).toArray());
        chart.getStyler().setYAxisLogarithmic(true).setYAxisMin(1.0).setXAxisLogarithmic(true);
        chart.getStyler().setXAxisMin(1.0);
        Charts.write(chart, folder.resolve("chunks.png"));
        points.forEach(
                p ->
                        say(
                                "chunks of %d, %d stages: %.1f s, throughput %.2f",
                                p.chunkTokens(),
                                p.stages(),
                                p.ftlSeconds(),
                                p.tokensPerSecondPerGpu() / one));
    }

    private void traffic() throws IOException {
        var deployment = deployment(Models.DEEPSEEK_R1, Load.of(16_384, 2048));
        var curve = curve(deployment);
        XYChart chart =
                Charts.lines(
                        "KV traffic, deepseek-r1, 16K in, 2K out",
                        "interactivity, tokens/s/user",
                        "GB/s/GPU");
        double[] x = column(curve, Deployment.Matched::interactivity);
        Charts.add(
                chart,
                "out of prefill",
                x,
                column(
                        curve,
                        m ->
                                m.prefill().egressBytesPerSecondPerGpu(deployment.model(), m.load())
                                        / 1e9));
        Charts.add(
                chart,
                "into decode",
                x,
                column(
                        curve,
                        m ->
                                m.decode().ingressBytesPerSecondPerGpu(deployment.model(), m.load())
                                        / 1e9));
        Charts.write(chart, folder.resolve("traffic.png"));
    }

    private void measured() throws IOException {
        var workers = measuredWorkers(MeasuredPoint.ENGINE);
        var slower = measuredWorkers(Engine.TRTLLM);
        double[] x = MeasuredPoint.ALL.stream().mapToDouble(MeasuredPoint::interactivity).toArray();
        var ours = new ArrayList<Double>();
        var cautious = new ArrayList<Double>();
        for (var point : MeasuredPoint.ALL) {
            double ratio = MeasuredPoint.ratio(point.plan(workers));
            double other = MeasuredPoint.ratio(point.plan(slower));
            ours.add(ratio);
            cautious.add(other);
            say(
                    "measured %.1f: experts %.2f, plan %.2f priced %.1f %%; decode x 1.08 %.2f",
                    point.interactivity(),
                    point.ratio(),
                    ratio,
                    100 * point.priced(ratio) / point.priced(point.ratio()),
                    other);
        }
        XYChart chart =
                Charts.lines(
                        "Prefill:decode GPUs on GB200, deepseek-r1 FP4, 8K in, 1K out",
                        "interactivity, tokens/s/user",
                        "prefill GPUs per decode GPU");
        Charts.addWide(
                chart,
                "experts (measured deployments)",
                x,
                MeasuredPoint.ALL.stream().mapToDouble(MeasuredPoint::ratio).toArray());
        Charts.add(chart, "plan", x, Charts.array(ours));
        Charts.add(chart, "plan, decode steps x 1.08", x, Charts.array(cautious));
        chart.getStyler().setMarkerSize(9);
        Charts.write(chart, folder.resolve("measured.png"));
    }

    /// Workers that the measured deployments could have had.
    static List<CompiledWorker> measuredWorkers(Engine engine) {
        var gpu = Accelerators.GB200;
        var compiler = Deployment.compiler(Models.DEEPSEEK_R1, gpu, Precision.NVFP4, engine);
        return Configurations.compile(
                        Configurations.candidates(gpu, WIDEST),
                        Models.DEEPSEEK_R1,
                        gpu,
                        compiler::compile)
                .legal();
    }

    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
