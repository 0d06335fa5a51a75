package dev.ratematch.cli;

import dev.ratematch.costmodel.text.Grid;
import dev.ratematch.costmodel.text.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Markdown as a terminal shows it: tables in columns, headings by themselves.
final class MarkdownText {

    private MarkdownText() {}

    /// The text.
    static String of(String markdown, Look look) {
        var text = new StringBuilder();
        var table = new ArrayList<List<String>>();
        for (var line : markdown.lines().toList()) {
            if (line.startsWith("|")) {
                if (!line.startsWith("|---")) {
                    table.add(cells(line));
                }
                continue;
            }
            text.append(shown(table, look));
            table.clear();
            text.append(
                    line.startsWith("#")
                            ? look.heading(line.replaceFirst("^#+ *", "")) + System.lineSeparator()
                            : look.text(line.isEmpty() ? System.lineSeparator() : line));
        }
        return text.append(shown(table, look)).toString();
    }

    private static List<String> cells(String line) {
        var cells = line.substring(1, line.lastIndexOf('|')).split("\\|", -1);
        return Stream.of(cells).map(cell -> cell.strip().replace("`", "")).toList();
    }

    private static String shown(List<List<String>> table, Look look) {
        if (table.isEmpty()) {
            return "";
        }
        var grid = new Grid(1, table.getFirst().toArray(String[]::new));
        table.stream().skip(1).forEach(row -> grid.row(row.toArray(String[]::new)));
        return grid.text(look);
    }
}
