package dev.ratematch.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What completes command lines in a shell.
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a completion script for bash and zsh: commands, options and their values.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  source <(ratematch completion)",
            "  ratematch completion > /etc/bash_completion.d/ratematch"
        })
final class CompletionCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        var root = spec.root();
        var out = spec.commandLine().getOut();
        out.print(AutoComplete.bash(root.name(), root.commandLine()));
        out.flush();
    }
}
