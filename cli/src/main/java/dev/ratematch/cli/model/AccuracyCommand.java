package dev.ratematch.cli.model;

import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.calibrate.AccuracyReport;
import dev.ratematch.costmodel.calibrate.Measurements;
import dev.ratematch.costmodel.calibrate.OnlineAccuracy;
import dev.ratematch.harness.steady.SteadyGrid;
import dev.ratematch.sizing.table.CsvFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
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
            "Compares the cost model with a folder of measurements (kernels, single "
                    + "iterations, whole deployments, telemetry of a running engine, and plans) and "
                    + "the queueing model with the simulated cluster.",
            "Everything that is fitted is tested on data that was not used for the fit."
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
            description = "Folder with gemm.csv.gz, aic_decode.csv.gz, silicon_e2e.csv.gz, ...")
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Also write the report to this Markdown file.")
    private @Nullable Path out;

    @Option(
            names = "--commit",
            paramLabel = "ID",
            defaultValue = "unknown",
            description = "Commit to name in the report.")
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
                        .setInitialMax(AccuracyReport.PARTS + SteadyGrid.REPORTED.cells())
                        .setStyle(ProgressBarStyle.ASCII);
        String body;
        try (var progress = bar.build()) {
            Consumer<String> tell =
                    part -> {
                        progress.setExtraMessage(part);
                        progress.step();
                    };
            body = report().measure(tell::accept) + SteadyGrid.REPORTED.markdown(tell);
        } catch (UncheckedIOException e) {
            throw e.getCause();
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

    private AccuracyReport report() {
        return new AccuracyReport(
                new Measurements(data.toString(), new CsvFolder(data)::find),
                ShippedProfiles::kernels,
                new Learning(Residual.NONE),
                AccuracyCommand::shuffled);
    }

    /// Seeded, so that every report leaves out the same.
    private static List<String> shuffled(List<String> names) {
        var shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, new Random(1));
        return shuffled;
    }

    /// What the controller learns of an engine while it runs.
    private record Learning(Residual residual) implements OnlineAccuracy.Learner {

        @Override
        public double correct(double modelledSeconds) {
            return residual.correct(modelledSeconds);
        }

        @Override
        public OnlineAccuracy.Learner learn(double modelledSeconds, double observedSeconds) {
            return new Learning(residual.learn(modelledSeconds, observedSeconds));
        }
    }
}
