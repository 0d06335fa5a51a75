package dev.ratematch.dashboards.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// A report as one HTML file. Its figures are data, never markup, and nothing is fetched from
/// anywhere: the page forbids it to itself.
public final class PageHtml {

    private static final String CONSOLE = "/dev/ratematch/dashboards/console/";
    private static final String OURS = "/dev/ratematch/dashboards/page/";
    private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    /// Scripts of the console that the page uses, in the order in which they build on each other.
    private static final List<String> PARTS =
            List.of("dom.js", "format.js", "theme.js", "charts.js");

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();

    private PageHtml() {}

    /// The file.
    public static String of(ReportPage page) {
        String style =
                read(CHARTS + "uPlot.min.css")
                        + read(CONSOLE + "console.css")
                        + read(OURS + "report.css");
        String script =
                PARTS.stream()
                        .map(part -> inlined(read(CONSOLE + part)))
                        .collect(Collectors.joining("\n", "", "\n" + read(OURS + "report.js")));
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
            style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
            <title>Ratematch: %s</title>
            <style>%s</style></head><body>
            <header class="bar"><h1>%s</h1><button id="theme" type="button">Theme</button></header>
            <main id="main"></main>
            <noscript>The charts of this page need scripts to be allowed.</noscript>
            <script type="application/json" id="report">%s</script>
            <script>%s</script>
            <script>(() => {%s})();</script>
            </body></html>
            """
                .formatted(
                        escape(page.title()),
                        style,
                        escape(page.title()),
                        data(page),
                        read(CHARTS + "uPlot.iife.min.js"),
                        script);
    }

    /// No text of a report ends the element that holds it. What is no number is none.
    private static String data(ReportPage page) {
        try {
            return JSON.writeValueAsString(page)
                    .replace("<", "\\u003c")
                    .replace("\"NaN\"", "null")
                    .replace("\"Infinity\"", "null");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A report cannot be written as JSON.", e);
        }
    }

    /// A module as a part of one script: all of them share its names.
    private static String inlined(String module) {
        return module.lines()
                .filter(line -> !line.startsWith("import "))
                .map(line -> line.startsWith("export ") ? line.substring("export ".length()) : line)
                .collect(Collectors.joining("\n"));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String read(String resource) {
        try (var stream = PageHtml.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("%s is not in the jar.".formatted(resource));
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
