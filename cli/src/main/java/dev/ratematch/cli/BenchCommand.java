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
            "Measures this build on this machine, one figure a line: name: value unit.",
            "Each is the median of repeated runs after a warm-up; its spread (half the distance"
                    + " between the quartiles) follows. One thread; nothing else should be busy."
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
            description = "seconds to spend on each figure; default: ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "form of the output; default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private Format format;

    @Option(
            names = "--model",
            description =
                    "only the cost model, by JMH: design points a second, compiling, plans cold and"
                            + " warm")
    private boolean model;

    @Option(
            names = "--console",
            description =
                    "only what consoles cost: latency of a control step while nobody looks and while"
                            + " fifty do, and the memory of a day of a service; takes a"
                            + " minute and a half at least")
    private boolean console;

    @Option(
            names = "--forks",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "with --model: JVMs started for each figure, 0 measures in this one; default:"
                            + " ${DEFAULT-VALUE}")
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
