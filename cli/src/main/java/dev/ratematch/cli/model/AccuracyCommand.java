package dev.ratematch.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// How far the cost model is from measurements.
@Command(
        name = "accuracy",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the cost model against a folder of measurements: kernels, single iterations,"
                    + " whole deployments, telemetry of a running engine, and plans.",
            "Everything that is fitted is judged on data that had no part in the fit."
        },
        footer = {"", "Example:", "  ratematch accuracy --data silicon --out docs/accuracy.md"})
public final class AccuracyCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "folder with gemm.csv.gz, aic_decode.csv.gz, silicon_e2e.csv.gz, ...")
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "also write the report to this Markdown file")
    private @Nullable Path out;

    @Option(
            names = "--commit",
            paramLabel = "ID",
            defaultValue = "unknown",
            description = "commit to name in the report")
    @SuppressWarnings("NullAway.Init")
    private String commit;

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(data)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--data (%s) must be a folder with measurements.".formatted(data));
        }
        var bar =
                new ProgressBarBuilder()
                        .setTaskName("accuracy")
                        .setInitialMax(AccuracyReport.PARTS)
                        .setStyle(ProgressBarStyle.ASCII);
        String body;
        try (var progress = bar.build()) {
            body =
                    new AccuracyReport(data)
                            .measure(
                                    part -> {
                                        progress.setExtraMessage(part);
                                        progress.step();
                                    });
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        String report =
                """
                # Accuracy of the cost model

                Absolute relative errors, median and 90th percentile. Written by `make accuracy` at
                commit %s; the measurements and their licence are named in NOTICE.
                """
                                .formatted(commit)
                        + body;
        if (out != null) {
            Files.writeString(out, report);
        }
        spec.commandLine().getOut().print(report);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
