package dev.ratematch.experiments.render;

import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.findings.Table;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Findings as Markdown, with a file for each picture.
public final class Markdown {

    private Markdown() {}

    /// Names of files and what is in them: the document and its pictures.
    public static Map<String, String> files(Findings findings) {
        var files = new LinkedHashMap<String, String>();
        files.put(findings.study() + ".md", document(findings));
        for (int i = 0; i < findings.pictures().size(); i++) {
            files.put(picture(findings, i), Svg.of(findings.pictures().get(i)) + "\n");
        }
        return files;
    }

    private static String picture(Findings findings, int index) {
        return "%s-%d.svg".formatted(findings.study(), index + 1);
    }

    private static String document(Findings findings) {
        var out = new StringBuilder();
        out.append("# ").append(findings.title()).append("\n\n");
        out.append("**").append(findings.answer()).append("**\n\n");
        out.append(findings.question()).append("\n\n");
        for (int i = 0; i < findings.pictures().size(); i++) {
            out.append(
                    "![%s](%s)\n\n"
                            .formatted(findings.pictures().get(i).title(), picture(findings, i)));
        }
        for (var table : findings.tables()) {
            out.append("## ").append(table.title()).append("\n\n").append(rows(table)).append('\n');
        }
        out.append("## Setting\n\n");
        findings.setting().forEach(line -> out.append("- ").append(line).append('\n'));
        out.append("\nDrawn by `ratematch experiment %s`.\n".formatted(findings.study()));
        if (!findings.paper().isEmpty()) {
            out.append("\n## Against the paper\n\n");
            for (var note : findings.paper()) {
                out.append(
                        "- **%s** %s Here: %s\n"
                                .formatted(Page.verdict(note), note.claim(), note.here()));
            }
        }
        return out.toString();
    }

    private static String rows(Table table) {
        var out = new StringBuilder();
        row(out, table.columns().stream().map(Table.Column::heading).toList());
        row(out, Collections.nCopies(table.columns().size(), "---"));
        table.rows().forEach(values -> row(out, Rendering.shown(table, values)));
        return out.toString();
    }

    private static void row(StringBuilder out, List<String> cells) {
        out.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /// The list of studies with their answers.
    public static String index(List<Findings> all) {
        var out = new StringBuilder();
        out.append("# Experiments\n\n");
        out.append(
                "What the paper (arXiv 2506.05508) asks of disaggregated serving, answered by\n");
        out.append(
                "`make experiments` in the paper's settings where a study says so. Each answer\n");
        out.append(
                "is worked out from the figures of its page; `ratematch experiment NAME` asks\n");
        out.append("the same of another model, GPU, promise or trace.\n\n");
        for (var findings : all) {
            out.append(
                    "- [%s](%s.md): %s\n"
                            .formatted(findings.title(), findings.study(), findings.answer()));
        }
        return out.toString();
    }
}
