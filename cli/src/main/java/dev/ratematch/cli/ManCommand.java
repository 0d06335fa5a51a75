package dev.ratematch.cli;

import dev.ratematch.costmodel.units.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Manual pages.
@Command(
        name = "man",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the manual page of a command, or writes the pages of all commands.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  ratematch man plan | man -l -",
            "  ratematch man --out /usr/local/share/man/man1"
        })
final class ManCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..*",
            paramLabel = "COMMAND",
            description =
                    "Command, such as plan or experiment reuse. Default: the page of ratematch "
                            + "itself.")
    private String[] names = {};

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Write the pages of all commands into this folder.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var root = spec.root().commandLine();
        if (out != null) {
            Files.createDirectories(out);
            write(root, out);
            return 0;
        }
        var command = root;
        for (String name : names) {
            var next = command.getSubcommands().get(name);
            if (next == null) {
                throw Names.unknown("command", name, command.getSubcommands().keySet());
            }
            command = next;
        }
        spec.commandLine().getOut().print(ManPage.of(command));
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static void write(CommandLine command, Path folder) throws IOException {
        Files.writeString(
                folder.resolve(ManPage.name(command) + ".1"),
                ManPage.of(command),
                StandardCharsets.UTF_8);
        for (var each : command.getSubcommands().values()) {
            write(each, folder);
        }
    }
}
