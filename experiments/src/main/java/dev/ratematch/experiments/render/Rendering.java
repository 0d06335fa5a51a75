package dev.ratematch.experiments.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Value;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/// Findings as text for a terminal and as JSON.
public final class Rendering {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final MathContext DIGITS = new MathContext(6);

    private Rendering() {}

    /// For a terminal: the answer first, then the tables.
    public static String text(Findings findings) {
        var out = new StringBuilder();
        out.append(findings.answer()).append("\n\n");
        findings.setting().forEach(line -> out.append(line).append('\n'));
        for (var table : findings.tables()) {
            out.append('\n').append(table.title()).append('\n').append(aligned(table));
        }
        for (var note : findings.paper()) {
            out.append('\n')
                    .append(note.holds() ? "As the paper says: " : "Unlike the paper: ")
                    .append(note.claim())
                    .append(" Here: ")
                    .append(note.here())
                    .append('\n');
        }
        return out.toString();
    }

    private static String aligned(Table table) {
        var lines = new ArrayList<List<String>>();
        lines.add(table.columns().stream().map(Table.Column::heading).toList());
        for (var row : table.rows()) {
            lines.add(shown(table, row));
        }
        var out = new StringBuilder();
        for (var line : lines) {
            var text = new StringBuilder("  ");
            for (int c = 0; c < line.size(); c++) {
                int column = c;
                int width = lines.stream().mapToInt(l -> l.get(column).length()).max().orElse(1);
                String pattern = c == 0 ? "%-" + width + "s" : "  %" + width + "s";
                text.append(pattern.formatted(line.get(c)));
            }
            out.append(text.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    /// A row as people read it.
    static List<String> shown(Table table, List<Value> row) {
        var shown = new ArrayList<String>();
        for (int c = 0; c < row.size(); c++) {
            shown.add(table.columns().get(c).shown(row.get(c)));
        }
        return shown;
    }

    /// For programs.
    public static String json(Findings findings) {
        ObjectNode root = JSON.createObjectNode();
        root.put("study", findings.study());
        root.put("question", findings.question());
        root.put("answer", findings.answer());
        findings.setting().forEach(root.putArray("setting")::add);
        var tables = root.putArray("tables");
        for (var table : findings.tables()) {
            var node = tables.addObject().put("title", table.title());
            var columns = node.putArray("columns");
            table.columns()
                    .forEach(c -> columns.addObject().put("name", c.name()).put("unit", c.unit()));
            var rows = node.putArray("rows");
            for (var row : table.rows()) {
                var cells = rows.addArray();
                row.forEach(value -> add(cells, value));
            }
        }
        var pictures = root.putArray("pictures");
        findings.pictures().forEach(picture -> picture(pictures.addObject(), picture));
        var paper = root.putArray("paper");
        for (var note : findings.paper()) {
            paper.addObject()
                    .put("claim", note.claim())
                    .put("holds", note.holds())
                    .put("here", note.here());
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Findings that are no JSON.", e);
        }
    }

    private static void add(ArrayNode cells, Value value) {
        switch (value) {
            case Value.Figure(double figure) -> cells.add(rounded(figure));
            case Value.Words(String text) -> cells.add(text);
            case Value.None() -> cells.addNull();
        }
    }

    private static BigDecimal rounded(double value) {
        return new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    }

    private static void picture(ObjectNode node, Picture picture) {
        node.put("title", picture.title());
        switch (picture) {
            case Picture.Lines lines -> {
                node.put("x", lines.x().label()).put("y", lines.y().label());
                var series = node.putArray("lines");
                for (var line : lines.lines()) {
                    var points = series.addObject().put("name", line.name()).putArray("points");
                    for (var point : line.points()) {
                        var pair = points.addArray().add(rounded(point.x()));
                        add(pair, Value.of(point.y()));
                    }
                }
            }
            case Picture.Map map -> {
                node.put("x", map.x().label()).put("y", map.y().label());
                node.put("unit", map.unit()).put("threshold", map.threshold());
                map.x().marks().forEach(node.putArray("columns")::add);
                map.y().marks().forEach(node.putArray("rows")::add);
                var cells = node.putArray("cells");
                for (var row : map.cells()) {
                    var values = cells.addArray();
                    row.forEach(cell -> add(values, Value.of(cell.value())));
                }
            }
        }
    }
}
