package dev.ratematch.cli;

import dev.ratematch.costmodel.text.Look;
import dev.ratematch.costmodel.units.Names;
import dev.ratematch.sizing.NoPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what went wrong: one line, a hint where there is one, and where help is. Where a command
/// line may hold credentials, nothing is repeated that may be one: whoever misspells an option has
/// its value shown otherwise.
public final class WrongLine implements IParameterExceptionHandler, IExecutionExceptionHandler {

    /// Set to anything, it shows where a fault of ours came from.
    private static final String TRACE = "RATEMATCH_TRACE";

    /// Commands that have it take credentials beside it.
    private static final String SOURCE = "--prometheus";

    private static final Set<Class<?>> WHOLE =
            Set.of(int.class, Integer.class, long.class, Long.class);

    private static final Pattern NAME = Pattern.compile("--[a-z][a-z-]*(?==|$)");
    private static final Pattern WITH_VALUE = Pattern.compile("'(--[a-z][a-z-]*)=[^']*'");
    private static final Pattern BUT_WAS = Pattern.compile("(KEY=VALUE format) but was .*");

    @Override
    public int handleParseException(ParameterException wrong, String[] args) {
        var command = wrong.getCommandLine();
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            say(command, unknown(command, unmatched));
            suggestion(command, unmatched)
                    .ifPresent(meant -> command.getErr().printf("Did you mean %s?%n", meant));
            pointToHelp(command);
            return ExitCode.WRONG.code();
        }
        if (wrong.getCause() instanceof NoPlan) {
            return said(command, wrong);
        }
        say(
                command,
                choice(wrong).orElseGet(() -> shown(command, String.valueOf(wrong.getMessage()))));
        if (command.getSubcommands().isEmpty() || wrong.getArgSpec() != null) {
            pointToHelp(command);
        } else {
            // Without a command a page of usage is what is wanted.
            command.usage(command.getErr());
            command.getErr().flush();
        }
        return ExitCode.WRONG.code();
    }

    @Override
    public int handleExecutionException(Exception failed, CommandLine command, ParseResult parsed) {
        return said(command, failed);
    }

    /// Says it, and answers with the exit code.
    static int said(CommandLine command, Exception failed) {
        var cause = failed instanceof ParameterException ? failed.getCause() : failed;
        switch (cause) {
            case NoPlan none -> {
                say(command, String.valueOf(none.getMessage()));
                pointToHelp(command);
                return ExitCode.NO_PLAN.code();
            }
            case IllegalArgumentException wrong -> {
                say(command, shown(command, String.valueOf(wrong.getMessage())));
                pointToHelp(command);
                return ExitCode.WRONG.code();
            }
            case IOException io -> say(command, file(io));
            case UncheckedIOException io ->
                    say(command, file(Objects.requireNonNull(io.getCause())));
            case null, default -> fault(command, failed);
        }
        return ExitCode.FAILED.code();
    }

    private static void fault(CommandLine command, Exception failed) {
        say(
                command,
                ("ratematch failed: %s: %s This is a bug in ratematch; set %s=1 for a "
                                + "stack trace.")
                        .formatted(
                                failed.getClass().getSimpleName(),
                                shown(command, String.valueOf(failed.getMessage())),
                                TRACE));
        if (System.getenv(TRACE) != null) {
            failed.printStackTrace(command.getErr());
            command.getErr().flush();
        }
    }

    /// What became of a file; the JDK often says its name only.
    private static String file(IOException failed) {
        return switch (failed) {
            case NoSuchFileException _ -> "File %s does not exist.".formatted(failed.getMessage());
            case AccessDeniedException _ ->
                    "File %s cannot be read or written.".formatted(failed.getMessage());
            default -> "A file could not be read or written: %s".formatted(failed.getMessage());
        };
    }

    private static void say(CommandLine command, String what) {
        command.getErr().println(new Look(Look.ANY, Terminal.errIsColoured()).bad(what));
        command.getErr().flush();
    }

    private static void pointToHelp(CommandLine command) {
        command.getErr().printf("See '%s --help'.%n", command.getCommandSpec().qualifiedName());
        command.getErr().flush();
    }

    private static boolean secret(CommandLine command) {
        return command.getCommandSpec().findOption(SOURCE) != null;
    }

    private static String shown(CommandLine command, String message) {
        if (!secret(command)) {
            return message;
        }
        String named = WITH_VALUE.matcher(message).replaceAll("'$1=...'");
        return BUT_WAS.matcher(named).replaceAll("$1");
    }

    /// A value that is none of those that there are, or no number.
    private static Optional<String> choice(ParameterException wrong) {
        if (!(wrong.getArgSpec() instanceof OptionSpec option) || wrong.getValue() == null) {
            return Optional.empty();
        }
        String value = wrong.getValue();
        String named =
                secret(wrong.getCommandLine())
                        ? option.longestName()
                        : "%s (%s)".formatted(option.longestName(), value);
        var type = option.type();
        if (type.isEnum()) {
            var names = List.of(type.getEnumConstants()).stream().map(String::valueOf).toList();
            return Optional.of(
                    "%s must be one of %s; did you mean %s?"
                            .formatted(
                                    named, String.join(", ", names), Names.nearest(value, names)));
        }
        if (WHOLE.contains(type)) {
            return Optional.of(named + " must be a whole number.");
        }
        return type == double.class || type == Double.class
                ? Optional.of(named + " must be a number.")
                : Optional.empty();
    }

    private static String unknown(CommandLine command, UnmatchedArgumentException wrong) {
        var unmatched = wrong.getUnmatched();
        if (secret(command)) {
            return discreet(unmatched);
        }
        String first = unmatched.isEmpty() ? "" : unmatched.getFirst();
        return command.getSubcommands().isEmpty() || first.startsWith("-")
                ? String.valueOf(wrong.getMessage())
                : "%s is not a command of %s."
                        .formatted(first, command.getCommandSpec().qualifiedName());
    }

    private static String discreet(List<String> unmatched) {
        String names =
                unmatched.stream()
                        .map(NAME::matcher)
                        .filter(m -> m.lookingAt())
                        .map(m -> "'%s'".formatted(m.group()))
                        .collect(Collectors.joining(", "));
        return names.isEmpty()
                ? "%d values belong to no option".formatted(unmatched.size())
                : "Unknown option: " + names;
    }

    /// The option or command that is most likely meant; never what was typed.
    private static Optional<String> suggestion(
            CommandLine command, UnmatchedArgumentException wrong) {
        String first = wrong.getUnmatched().isEmpty() ? "" : wrong.getUnmatched().getFirst();
        String word = first.replaceFirst("=.*", "");
        boolean option = word.startsWith("-");
        Collection<String> names =
                option
                        ? command.getCommandSpec().optionsMap().keySet()
                        : command.getSubcommands().keySet();
        return Names.misspelt(word, names)
                .or(
                        () ->
                                names.stream()
                                        .filter(name -> word.length() > 3 && name.startsWith(word))
                                        .findFirst());
    }
}
