package dev.ratematch.cli;

import dev.ratematch.harness.bench.Bench;
import dev.ratematch.harness.bench.Figure;
import dev.ratematch.harness.bench.ModelBench;
import dev.ratematch.harness.bench.Stopwatch;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Measures this build on this machine.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures this build on this machine and prints one figure per line as `name: "
                    + "value unit`.",
            "Each figure is the median of repeated runs after a warm-up, followed by its "
                    + "spread (half the interquartile range). Runs on one thread; keep the machine "
                    + "otherwise idle."
        },
        footer = {"", "Example:", "  ratematch bench --seconds 5 --format json"})
public final class BenchCommand implements Callable<Integer> {

    private static final double SECONDS_MIN = 0.01;
    private static final double SECONDS_MAX = 600;
    private static final int FORKS_MAX = 10;

    private enum Format {
        table,
        json
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "2",
            description = "Seconds to spend on each figure. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "Output format. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private Format format;

    @Option(
            names = "--model",
            description =
                    "Measure only the cost model, with JMH: design points per second, "
                            + "compilation, cold and warm plans.")
    private boolean model;

    @Option(
            names = "--console",
            description =
                    "Measure only the cost of the console: latency of a control step "
                            + "with no console and with fifty open, and the memory for one day of "
                            + "a service. Takes at least 90 seconds.")
    private boolean console;

    @Option(
            names = "--forks",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "With --model: JVMs started per figure; 0 measures in this one. "
                            + "Default: ${DEFAULT-VALUE}.")
    private int forks;

    @Override
    public Integer call() {
        if (!(seconds >= SECONDS_MIN && seconds <= SECONDS_MAX)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seconds (%s) must be between %s and %s."
                            .formatted(seconds, SECONDS_MIN, SECONDS_MAX));
        }
        if (forks < 0 || forks > FORKS_MAX) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--forks (%d) must be between 0 and %d.".formatted(forks, FORKS_MAX));
        }
        var watch = new Stopwatch(System::nanoTime, seconds);
        if (model) {
            var lines = spec.commandLine().getOut();
            new ModelBench(
                            seconds,
                            forks,
                            line -> {
                                lines.println(line);
                                lines.flush();
                            })
                    .run();
            return 0;
        }
        if (console) {
            var out = spec.commandLine().getOut();
            var bar = new ProgressLine(spec.commandLine().getErr(), Terminal.errIsSeen());
            var lines = new ConsoleBench(seconds).lines(bar);
            bar.done();
            lines.forEach(out::println);
            out.flush();
            return 0;
        }
        var parts = Bench.parts();
        var figures = new ArrayList<Figure>();
        var out = spec.commandLine().getOut();
        var bar =
                new ProgressBarBuilder()
                        .setTaskName("bench")
                        .setInitialMax(parts.size())
                        .setStyle(ProgressBarStyle.ASCII);
        try (var progress = bar.build()) {
            for (var part : parts) {
                figures.addAll(part.measure(watch));
                progress.step();
            }
        }
        if (format == Format.json) {
            out.println(
                    figures.stream()
                            .map(Figure::json)
                            .collect(Collectors.joining(",\n", "{\"figures\":[\n", "]}")));
        } else {
            figures.forEach(figure -> out.println(figure.text()));
        }
        out.flush();
        return 0;
    }
}
