package dev.ratematch.cli;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what is wrong with a command line. Where it may hold credentials, nothing is repeated that
/// may be one: whoever misspells an option has its value shown otherwise.
public final class WrongLine implements IParameterExceptionHandler {

    /// Commands that have it take credentials beside it.
    private static final String SOURCE = "--prometheus";

    private static final Pattern NAME = Pattern.compile("--[a-z][a-z-]*(?==|$)");
    private static final Pattern WITH_VALUE = Pattern.compile("'(--[a-z][a-z-]*)=[^']*'");
    private static final Pattern BUT_WAS = Pattern.compile("(KEY=VALUE format) but was .*");

    @Override
    public int handleParseException(ParameterException wrong, String[] args) {
        var command = wrong.getCommandLine();
        var err = command.getErr();
        boolean secret = command.getCommandSpec().findOption(SOURCE) != null;
        String message = String.valueOf(wrong.getMessage());
        err.println(
                command.getColorScheme().errorText(secret ? discreet(wrong, message) : message));
        if (!UnmatchedArgumentException.printSuggestions(wrong, err)) {
            pointToHelp(command);
        }
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    /// A whole page of usage would push the sentence that matters off the screen; without a command
    /// it is what is wanted.
    private static void pointToHelp(CommandLine command) {
        if (!command.getSubcommands().isEmpty()) {
            command.usage(command.getErr());
        } else {
            command.getErr()
                    .printf(
                            "%s --help shows the options.%n",
                            command.getCommandSpec().qualifiedName());
        }
    }

    private static String discreet(ParameterException wrong, String message) {
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            return unknown(unmatched.getUnmatched());
        }
        String named = WITH_VALUE.matcher(message).replaceAll("'$1=...'");
        return BUT_WAS.matcher(named).replaceAll("$1");
    }

    private static String unknown(List<String> unmatched) {
        String names =
                unmatched.stream()
                        .map(NAME::matcher)
                        .filter(m -> m.lookingAt())
                        .map(m -> "'%s'".formatted(m.group()))
                        .collect(Collectors.joining(", "));
        return names.isEmpty()
                ? "Unknown: %d values that belong to no option".formatted(unmatched.size())
                : "Unknown option: " + names;
    }
}
