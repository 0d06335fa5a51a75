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
        versionProvider = Version.class,
        description =
                "Finds and keeps the right ratio of prefill to decode GPUs for disaggregated "
                        + "LLM serving.",
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
            AccuracyCommand.class,
            CompletionCommand.class,
            ManCommand.class
        },
        footer = {"", "Help for each command: ratematch COMMAND --help."})
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
        System.exit(command().execute(OldSpellings.today(args, System.err::println)));
    }

    /// All commands, with what they say where something is wrong.
    static CommandLine command() {
        var wrong = new WrongLine();
        var command = new CommandLine(new Main());
        if (Terminal.dumb(System.getenv())) {
            // The rest of what users have agreed on picocli knows by itself.
            command.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        }
        command.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(ExitCode.map());
        return command.setParameterExceptionHandler(wrong).setExecutionExceptionHandler(wrong);
    }
}
