package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/// `docs/reference` is what every command says of itself. The launcher shows it before anything was
/// built.
class ReferencePagesTest {

    private static final Path FOLDER = Path.of("../docs/reference");

    /// Columns: what fits beside the side bar of a browser.
    private static final int WIDTH = 100;

    /// `-Dratematch.reference=write` writes the pages.
    @Test
    void thePagesAreTheHelp() throws IOException {
        var pages = pages();
        if ("write".equals(System.getProperty("ratematch.reference"))) {
            Files.createDirectories(FOLDER);
            try (var old = Files.list(FOLDER)) {
                for (var page : old.toList()) {
                    Files.delete(page);
                }
            }
            for (var page : pages.entrySet()) {
                Files.writeString(FOLDER.resolve(page.getKey()), page.getValue());
            }
        }
        try (var written = Files.list(FOLDER)) {
            assertThat(written.map(page -> page.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(pages.keySet());
        }
        pages.forEach(
                (name, text) ->
                        assertThat(FOLDER.resolve(name))
                                .as(
                                        "run: mvn -pl cli -am test -Dtest=ReferencePagesTest"
                                                + " -Dsurefire.failIfNoSpecifiedTests=false"
                                                + " -Dratematch.reference=write")
                                .hasContent(text));
    }

    private static Map<String, String> pages() {
        var pages = new LinkedHashMap<String, String>();
        var root = Main.command();
        var list = new StringBuilder();
        add(pages, list, root, "");
        pages.put(
                "README.md",
                """
                # Reference of the command line

                Made from `ratematch --help` by a test.

                %s
                %s"""
                        .formatted(block(root), list));
        return pages;
    }

    private static void add(
            Map<String, String> pages, StringBuilder list, CommandLine parent, String before) {
        parent.getSubcommands()
                .forEach(
                        (name, command) -> {
                            String page = before + name + ".md";
                            String title = command.getCommandSpec().qualifiedName();
                            list.append("- [%s](%s): %s\n".formatted(title, page, about(command)));
                            pages.put(
                                    page,
                                    """
                                    # %s

                                    Made from `%s --help` by a test. [All commands](README.md)

                                    %s"""
                                            .formatted(title, title, block(command)));
                            add(pages, list, command, before + name + "-");
                        });
    }

    private static String about(CommandLine command) {
        String[] description = command.getCommandSpec().usageMessage().description();
        return description.length == 0 ? "" : description[0].replace("%n", " ").strip();
    }

    private static String block(CommandLine command) {
        command.setUsageHelpWidth(WIDTH);
        String usage = command.getUsageMessage(Ansi.OFF);
        return "```text\n" + usage.stripTrailing() + "\n```\n";
    }
}
