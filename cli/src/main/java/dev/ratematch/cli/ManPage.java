package dev.ratematch.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;

/// A command as a page in the macros of man(7), made of what its `--help` is made of.
final class ManPage {

    private static final String EXIT_CODES = "Exit codes:";

    private ManPage() {}

    /// Name of the page, for example `ratematch-plan`.
    static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName("-");
    }

    /// The page.
    static String of(CommandLine command) {
        var spec = command.getCommandSpec();
        var help = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF));
        var page = new ArrayList<String>();
        page.add(".TH %s 1".formatted(quoted(name(command).toUpperCase(Locale.ROOT))));
        var description = lines(help.description());
        String first = description.isEmpty() ? spec.qualifiedName() : description.getFirst();
        section(page, "NAME");
        page.add("%s \\- %s".formatted(escaped(name(command)), escaped(sentence(first))));
        section(page, "SYNOPSIS");
        page.add(escaped(help.synopsis(0).strip().replaceAll("\\s+", " ")));
        section(page, "DESCRIPTION");
        paragraphs(page, description);
        if (!command.getSubcommands().isEmpty()) {
            section(page, "COMMANDS");
            command.getSubcommands()
                    .forEach(
                            (name, sub) ->
                                    tagged(
                                            page,
                                            name,
                                            Stream.of(
                                                            sub.getCommandSpec()
                                                                    .usageMessage()
                                                                    .description())
                                                    .findFirst()
                                                    .orElse("")));
        }
        section(page, "OPTIONS");
        for (var option : spec.options()) {
            if (!option.hidden()) {
                tagged(page, synopsis(option), described(option));
            }
        }
        section(page, "EXIT STATUS");
        for (var code : ExitCode.values()) {
            tagged(page, String.valueOf(code.code()), code.meaning());
        }
        footer(page, lines(help.footer()));
        return String.join("\n", page) + "\n";
    }

    private static void section(List<String> page, String name) {
        page.add(".SH " + quoted(name));
    }

    private static void tagged(List<String> page, String name, String what) {
        page.add(".TP");
        page.add("\\fB" + escaped(name) + "\\fR");
        page.add(escaped(what));
    }

    private static void paragraphs(List<String> page, List<String> lines) {
        for (var line : lines) {
            page.add(line.isBlank() ? ".PP" : escaped(line));
        }
    }

    /// Examples keep their lines. Exit codes have a section of their own.
    private static void footer(List<String> page, List<String> lines) {
        var kept = lines.stream().filter(line -> !line.startsWith(EXIT_CODES)).toList();
        if (kept.stream().allMatch(String::isBlank)) {
            return;
        }
        section(page, "NOTES");
        page.add(".nf");
        kept.forEach(line -> page.add(escaped(line)));
        page.add(".fi");
    }

    private static String synopsis(OptionSpec option) {
        String names = String.join(", ", option.names());
        return option.arity().max() == 0 ? names : names + "=" + option.paramLabel();
    }

    private static String described(OptionSpec option) {
        String text = String.join(" ", option.description()).replace("%%", "%");
        String usual = String.valueOf(option.defaultValueString());
        return text.replace("${DEFAULT-VALUE}", usual);
    }

    private static List<String> lines(String text) {
        return text.strip().lines().map(String::stripTrailing).toList();
    }

    private static String sentence(String line) {
        int end = line.indexOf(". ");
        return end < 0 ? line : line.substring(0, end + 1);
    }

    private static String quoted(String text) {
        return "\"" + escaped(text) + "\"";
    }

    /// What troff would take for a command is none.
    private static String escaped(String text) {
        String safe = text.replace("\\", "\\e").replace("-", "\\-");
        return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
    }
}
