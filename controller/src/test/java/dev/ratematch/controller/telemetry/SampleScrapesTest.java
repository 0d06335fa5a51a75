package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// Every sample body, those of the shared folder where it is present.
class SampleScrapesTest {

    @Test
    void everySampleParsesToOneSampleALine() throws IOException {
        var folder = SharedScrapes.folder();
        if (folder.isEmpty()) {
            for (String name : SharedScrapes.BUNDLED) {
                everyLine(name, SharedScrapes.bundled(name));
            }
            return;
        }
        int files = 0;
        try (var listed = Files.list(folder.get())) {
            for (Path file : listed.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".prom") || name.endsWith(".txt")) {
                    everyLine(name, SharedScrapes.read(file));
                    files++;
                }
            }
        }
        assertThat(files).isGreaterThanOrEqualTo(20);
    }

    private static void everyLine(String name, String body) {
        var scrape = Exposition.parse(body);
        List<String> lines = body.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList();
        assertThat(scrape.size()).as(name).isEqualTo(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).as(name).startsWith(scrape.samples().get(i).series().name());
        }
        var filtered = ExpositionParser.keeping(n -> n.contains("_bucket"));
        for (int pass = 0; pass < 2; pass++) {
            assertThat(filtered.parse(body).size())
                    .as(name)
                    .isEqualTo(
                            (int)
                                    lines.stream()
                                            .filter(l -> l.split("[ {]", 2)[0].contains("_bucket"))
                                            .count());
        }
    }

    @Test
    void jsonIterationStatsAreRefusedAsJson() {
        String json =
                SharedScrapes.folder()
                        .map(f -> SharedScrapes.read(f.resolve("trtllm-metrics-endpoint.json")))
                        .orElse("[{\"iter\":7,\"numActiveRequests\":2}]");

        assertThatThrownBy(() -> Exposition.parse(json))
                .isInstanceOf(ExpositionException.class)
                .hasMessageContaining("JSON")
                .hasMessageContaining("/prometheus/metrics");
    }

    @Test
    void edgeCasesHaveTheirValues() {
        String body =
                SharedScrapes.folder()
                        .map(f -> SharedScrapes.read(f.resolve("edge-cases.prom")))
                        .orElse(
                                """
                                edge_special{k="nan"} NaN
                                edge_timestamp_total{a="b"} 12 1763903600123
                                edge_spaces{ a = "b" , c="d" }   42
                                edge_hist_leforms_bucket{le="1e-3"} 1
                                edge_hist_leforms_bucket{le="0.0100"} 2
                                edge_hist_leforms_bucket{le="1.0"} 5
                                edge_hist_leforms_bucket{le="1e+03"} 6
                                edge_hist_leforms_bucket{le="+Inf"} 6
                                edge_hist_leforms_sum 44.5
                                edge_hist_leforms_count 6
                                """);
        var scrape = Exposition.parse(body);
        var forms = Histogram.of(scrape, "edge_hist_leforms");

        assertThat(scrape.value("edge_special", "k", "nan").orElseThrow()).isNaN();
        assertThat(scrape.named("edge_timestamp_total").getFirst().timestampSeconds())
                .isEqualTo(1763903600.123);
        assertThat(scrape.value("edge_spaces", "a", "b", "c", "d")).hasValue(42);
        assertThat(forms.cells())
                .extracting(c -> c.upper())
                .containsExactly(0.001, 0.01, 1.0, 1000.0);
        assertThat(forms.quantile(0.5).orElseThrow()).isBetween(0.01, 1.0);
    }

    @Test
    void openMetricsSampleKeepsUnitAndEnd() {
        var folder = SharedScrapes.folder();
        var scrape =
                Exposition.parse(
                        folder.map(f -> SharedScrapes.read(f.resolve("openmetrics-sample.txt")))
                                .orElseGet(() -> SharedScrapes.bundled("small-openmetrics.txt")));
        String family =
                folder.isPresent() ? "vllm:time_to_first_token_seconds" : "toy_wait_seconds";

        assertThat(scrape.openMetrics()).isTrue();
        assertThat(scrape.family(family).orElseThrow())
                .extracting(MetricFamily::unit, MetricFamily::type)
                .containsExactly("seconds", MetricFamily.Type.HISTOGRAM);
    }

    @Test
    void parsesFasterThanAnyScraperCanDeliver() {
        String body =
                SharedScrapes.folder()
                        .map(f -> SharedScrapes.read(f.resolve("vllm-decode.prom")))
                        .orElseGet(() -> SharedScrapes.bundled("small-decode.prom").repeat(16));
        var parser = ExpositionParser.keeping(n -> n.startsWith("vllm:request_"));
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 30; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 40; i++) {
                assertThat(parser.parse(body).size()).isPositive();
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        double megabytesPerSecond = 40.0 * body.length() / 1e6 / (best / 1e9);
        System.out.printf(Locale.ROOT, "exposition-parse: %.0f MB/s%n", megabytesPerSecond);
        // A loaded machine is slow; ten times slower than usual is a fault.
        assertThat(megabytesPerSecond).isGreaterThan(20);
    }
}
