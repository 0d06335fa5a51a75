package dev.ratematch.experiments.render;

import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.findings.Table;

/// Findings as one self-contained page: no file, font or script of anybody else's.
public final class Page {

    private static final String STYLE =
            """
            :root{color-scheme:light dark;--ink:#1b1f24;--muted:#5b6670;--grid:#dfe4e8;--paper:#fff}
            @media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--muted:#9aa4ae;--grid:#2f373e;\
            --paper:#14181c}}
            body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);\
            max-width:960px;margin:24px auto;padding:0 16px}
            h1{font-size:20px;margin:0 0 8px}h2{font-size:16px;margin:26px 0 6px}
            .answer{font-size:20px;line-height:1.35;margin:10px 0 14px}.muted{color:var(--muted)}
            .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:13px;white-space:nowrap}
            th,td{padding:4px 9px;text-align:right;border-bottom:1px solid var(--grid)}
            th:first-child,td:first-child{text-align:left}svg{width:100%;height:auto;margin:14px 0}
            """;

    private Page() {}

    /// The page.
    public static String of(Findings findings) {
        var out = new StringBuilder();
        out.append("<!doctype html><html lang='en'><head><meta charset='utf-8'>");
        out.append("<meta name='viewport' content='width=device-width,initial-scale=1'>");
        out.append("<title>Ratematch: ").append(Svg.escape(findings.title()));
        out.append("</title><style>").append(STYLE).append("</style></head><body>");
        out.append("<p class='answer'>").append(Svg.escape(findings.answer())).append("</p>");
        out.append("<h1>").append(Svg.escape(findings.title())).append("</h1>");
        out.append("<p class='muted'>").append(Svg.escape(findings.question())).append("</p>");
        findings.pictures().forEach(picture -> out.append(Svg.of(picture)));
        findings.tables().forEach(table -> table(out, table));
        out.append("<h2>Setting</h2><ul>");
        for (var line : findings.setting()) {
            out.append("<li>").append(Svg.escape(line)).append("</li>");
        }
        out.append("</ul>");
        if (!findings.paper().isEmpty()) {
            out.append("<h2>Against the paper</h2><ul>");
            for (var note : findings.paper()) {
                out.append("<li><b>%s</b> ".formatted(verdict(note)));
                out.append(Svg.escape(note.claim() + " Here: " + note.here())).append("</li>");
            }
            out.append("</ul>");
        }
        return out.append("</body></html>\n").toString();
    }

    /// Whether the paper is borne out, in two words.
    static String verdict(Findings.Note note) {
        return note.holds() ? "As the paper." : "Unlike the paper.";
    }

    private static void table(StringBuilder out, Table table) {
        out.append("<h2>").append(Svg.escape(table.title())).append("</h2>");
        out.append("<div class='scroll'><table><tr>");
        for (var column : table.columns()) {
            out.append("<th>").append(Svg.escape(column.heading())).append("</th>");
        }
        out.append("</tr>");
        for (var row : table.rows()) {
            out.append("<tr>");
            for (var cell : Rendering.shown(table, row)) {
                out.append("<td>").append(Svg.escape(cell)).append("</td>");
            }
            out.append("</tr>");
        }
        out.append("</table></div>");
    }
}
