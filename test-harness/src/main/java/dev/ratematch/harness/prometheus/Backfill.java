package dev.ratematch.harness.prometheus;

import dev.ratematch.controller.telemetry.scrape.Answer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/// Scrapes of a simulated cluster, written down with the times at which they would have been taken,
/// so that a Prometheus can hold hours of them that were simulated in seconds. Prometheus itself
/// knows the wall's time only.
public final class Backfill implements ScrapeLog, AutoCloseable {

    private final Path file;
    private final BufferedWriter out;

    /// An empty log in that folder.
    public Backfill(Path folder) throws IOException {
        this.file = folder.resolve("backfill.txt");
        this.out = Files.newBufferedWriter(file);
    }

    @Override
    public void add(String job, Answer answer, double epochSeconds) throws IOException {
        String labels =
                ScrapeLog.labels(job, answer).entrySet().stream()
                        .map(label -> "%s=\"%s\"".formatted(label.getKey(), label.getValue()))
                        .collect(Collectors.joining(","));
        String end = String.format(Locale.ROOT, " %.3f\n", epochSeconds);
        out.write("up{" + labels + "} " + (answer.error().isEmpty() ? "1" : "0") + end);
        for (String line : answer.body().lines().toList()) {
            if (line.startsWith("#") || line.isBlank()) {
                continue;
            }
            int brace = line.indexOf('{');
            int space = line.lastIndexOf(' ');
            if (brace < 0) {
                out.write(line.substring(0, space) + "{" + labels + "}");
            } else {
                out.write(line, 0, brace + 1);
                out.write(labels);
                out.write(line.startsWith("}", brace + 1) ? "" : ",");
                out.write(line, brace + 1, space - brace - 1);
            }
            out.write(line, space, line.length() - space);
            out.write(end);
        }
    }

    /// Makes the blocks of a Prometheus that is started in the same folder later.
    ///
    /// @return what promtool says about them
    public String toBlocks() throws IOException {
        out.write("# EOF\n");
        out.close();
        var data = Files.createDirectories(file.resolveSibling("data"));
        return RealPrometheus.promtool(
                "tsdb", "create-blocks-from", "openmetrics", file.toString(), data.toString());
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
