package dev.ratematch.cli;

import dev.ratematch.cli.plan.Format;
import dev.ratematch.cli.plan.MixReport;
import dev.ratematch.cli.plan.WorkersFile;
import dev.ratematch.costmodel.frontier.MixSolver;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// How many workers of which kind on a GPU budget.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Finds the best integer mix of prefill and decode workers on a GPU budget.",
            "",
            "With --workers, the workers are yours: a CSV file with the header"
                    + " role,name,gpus,requests_per_s, where role is prefill or decode and"
                    + " requests_per_s is what one such worker sustains alone."
        },
        footer = {
            "",
            "Example:",
            "  ratematch plan --workers workers.csv --gpus 72",
            "",
            "Exit codes: 0 done; 1 a file could not be read; 2 an option or the file is wrong."
        })
@SuppressWarnings("NullAway.Init")
public final class PlanCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--workers",
            paramLabel = "FILE|-",
            description = "Measured workers as CSV; - reads standard input.")
    private @Nullable String workers;

    @Option(
            names = "--gpus",
            required = true,
            paramLabel = "N",
            description = "GPU budget of both pools together.")
    private int gpus;

    @Option(
            names = "--format",
            paramLabel = "table|json|csv",
            defaultValue = "table",
            description = "What to print. Default: ${DEFAULT-VALUE}.")
    private Format format;

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        try {
            return workers(out);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int workers(PrintWriter out) throws IOException {
        if (workers == null) {
            throw new IllegalArgumentException("Give --workers FILE.");
        }
        if (gpus < 2) {
            throw new IllegalArgumentException(
                    "--gpus (%d) must be at least 2: one for each role.".formatted(gpus));
        }
        String name = workers.equals("-") ? "standard input" : workers;
        var file = WorkersFile.parse(name, read(workers));
        switch (MixSolver.solve(file.prefill(), file.decode(), gpus)) {
            case MixSolver.Result.Best(var mix) -> out.print(new MixReport(file, mix).text(format));
            case MixSolver.Result.TooFewGpus(int missing) ->
                    throw new IllegalArgumentException(
                            ("--gpus (%d) is too small for one worker of each role: %d more %s"
                                            + " needed.")
                                    .formatted(gpus, missing, missing == 1 ? "is" : "are"));
        }
        out.flush();
        return 0;
    }

    private static String read(String file) throws IOException {
        if (file.equals("-")) {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        }
        try {
            return Files.readString(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "--workers (%s): there is no such file.".formatted(file), e);
        }
    }
}
