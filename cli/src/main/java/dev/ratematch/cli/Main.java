package dev.ratematch.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Entry point of the `ratematch` command.
@Command(
        name = "ratematch",
        mixinStandardHelpOptions = true,
        version = "ratematch 0.1.0",
        description = "Keeps prefill and decode pools of disaggregated LLM serving in balance.")
public final class Main {

    private Main() {}

    /// Runs one command and exits with its code.
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
