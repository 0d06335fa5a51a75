package dev.ratematch.cli;

import dev.ratematch.cli.live.DoctorCommand;
import dev.ratematch.cli.live.RecommendCommand;
import dev.ratematch.cli.model.AccuracyCommand;
import dev.ratematch.cli.model.CalibrateCommand;
import dev.ratematch.cli.model.PredictCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Entry point of the `ratematch` command.
@Command(
        name = "ratematch",
        mixinStandardHelpOptions = true,
        version = "ratematch 0.1.0",
        description = "Keeps prefill and decode pools of disaggregated LLM serving in balance.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            PlanCommand.class,
            DoctorCommand.class,
            RecommendCommand.class,
            OperatorCommand.class,
            RecallCommand.class,
            StepCommand.class,
            EnginesCommand.class,
            BenchCommand.class,
            SimulateCommand.class,
            JudgeCommand.class,
            ExperimentCommand.class,
            ReplayCommand.class,
            ConsoleCommand.class,
            CalibrateCommand.class,
            PredictCommand.class,
            AccuracyCommand.class
        },
        footer = {
            "",
            "Every command explains itself: ratematch COMMAND --help.",
            "",
            "Exit codes: 0 done; 1 failed, with the reason on standard error; 2 the command line or"
                    + " its input is wrong."
        })
public final class Main implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private Main() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }

    /// Runs one command and exits with its code.
    public static void main(String[] args) {
        System.exit(
                new CommandLine(new Main())
                        .setParameterExceptionHandler(new WrongLine())
                        .execute(OldSpellings.today(args, System.err::println)));
    }
}
