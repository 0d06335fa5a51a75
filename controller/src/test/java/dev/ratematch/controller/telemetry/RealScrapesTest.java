package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.Flow;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is read of real engines against what their clients measured: means within 5 %, quantiles
/// within the finest bucket that any of them has there, counts as the engines' counters have them.
/// docs/telemetry.md shows the table that is made here.
class RealScrapesTest {

    private static final double MEANS = 0.05;

    private final List<String> table = new ArrayList<>();

    private void mean(String system, String what, double truth, Reading seen, String unit) {
        assertThat(seen.known()).as("%s %s: %s", system, what, seen).isTrue();
        double value = seen.orElse(0);
        assertThat(value).as("%s %s", system, what).isCloseTo(truth, within(MEANS * truth));
        row(
                system,
                what,
                shown(truth) + unit,
                shown(value) + unit,
                String.format(Locale.ROOT, "%+.1f %%", 100 * (value / truth - 1))
                        .replace("-0.0", "+0.0"));
    }

    /// @param truth milliseconds
    private void quantile(
            String system, String what, double truth, Reading seen, @Nullable Bucket in) {
        var bucket = Objects.requireNonNull(in);
        double value = 1e3 * seen.orElse(0);
        double lower = 1e3 * bucket.lower();
        double upper = 1e3 * bucket.upper();
        assertThat(value).as("%s %s", system, what).isCloseTo(truth, within(upper - lower));
        row(
                system,
                what,
                shown(truth) + " ms",
                shown(value) + " ms",
                "bucket %s to %s ms".formatted(shown(lower), shown(upper)));
    }

    private void count(String system, String what, double truth, Reading seen) {
        assertThat(seen.orElse(-1)).as("%s %s: %s", system, what, seen).isEqualTo(truth);
        row(system, what, shown(truth), shown(seen.orElse(-1)), "equal");
    }

    private void row(String... cells) {
        table.add("| %s |".formatted(String.join(" | ", cells)));
    }

    private static String shown(double value) {
        String text = String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.1f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    private static Reading millis(Reading seconds) {
        return ReadingMath.map(seconds, s -> 1e3 * s);
    }

    @Test
    void readingsEqualWhatClientsMeasured() throws IOException {
        var folder = SharedScrapes.folder();
        if (folder.isEmpty()) {
            return;
        }
        dynamo(folder.get());
        vllm(folder.get());
        sglang(folder.get());
        table.forEach(System.out::println);
        var docs = Path.of(System.getProperty("ratematch.root", ".")).resolve("docs/telemetry.md");
        assertThat(Files.readString(docs)).contains(table);
    }

    private void dynamo(Path folder) {
        var run = RealScrapes.dynamo(folder).run(95).traffic();
        String name = "Dynamo 1.5";
        lengths(name, run, 1260, 125.5);
        mean(name, "TTFT mean", 106, millis(run.ttftMeanSeconds()), " ms");
        quantile(name, "TTFT p95", 147, run.ttftQuantileSeconds(), run.resolution().ttft());
        mean(name, "ITL mean", 8.7, millis(run.itlMeanSeconds()), " ms");
        quantile(name, "ITL p95", 13.9, run.itlQuantileSeconds(), run.resolution().itl());
        var window = RealScrapes.dynamo(folder).window(95);
        count(name, "arrived in the window", 75, window.traffic().arrived());
        count(name, "prefill's count of them", 75, window.traffic().flow().prefill());
        count(name, "decode's count of them", 75, window.traffic().flow().decode());
        count(name, "completed in the window", 70, window.traffic().completed());
        count(name, "KV tokens of a decode worker", 65_536, window.decode().kvCapacityTokens());
        assertThat(window.traffic().flow().notes()).isEmpty();
        assertThat(window.prefill().runningRequests().known()).isTrue();
    }

    private void lengths(String name, TrafficReading run, double isl, double osl) {
        mean(name, "ISL mean", isl, run.inputTokensMean(), "");
        mean(name, "OSL mean", osl, run.outputTokensMean(), "");
    }

    private void vllm(Path folder) {
        var run = RealScrapes.vllm(folder).run(95).traffic();
        String name = "vLLM 0.32";
        // Uniform between 500 and 2000, and between 50 and 200.
        lengths(name, run, 1250, 125);
        mean(name, "TTFT mean", 2480, millis(run.ttftMeanSeconds()), " ms");
        mean(name, "ITL mean", 92, millis(run.itlMeanSeconds()), " ms");
        var window = RealScrapes.vllm(folder).window(95);
        count(name, "prefill's count in the window", 27, window.traffic().flow().prefill());
        count(name, "decode's count in the window", 26, window.traffic().flow().decode());
        count(name, "completed in the window", 43, window.traffic().completed());
        count(name, "KV tokens of a decode worker", 524_288, window.decode().kvCapacityTokens());
        // A quarter of each prompt is common, of which whole blocks of 32 are found.
        assertThat(run.kvHitRate().orElse(0)).isBetween(0.25 - 32.0 / 1250, 0.25);
    }

    private void sglang(Path folder) {
        var run = RealScrapes.sglang(folder).run(95).traffic();
        String name = "SGLang 0.5.23";
        lengths(name, run, 1200, 120);
        mean(name, "prefix hits", 25, ReadingMath.map(run.kvHitRate(), s -> 100 * s), " %");
        mean(name, "TTFT mean, of streaming ones", 120, millis(run.ttftMeanSeconds()), " ms");
        mean(name, "ITL mean", 10, millis(run.itlMeanSeconds()), " ms");
        var window = RealScrapes.sglang(folder).window(95);
        count(name, "prefill's count in the window", 57, window.traffic().flow().prefill());
        count(name, "decode's count in the window", 76, window.traffic().flow().decode());
        count(name, "KV tokens of a decode worker", 500_000, window.decode().kvCapacityTokens());
        // The two were driven apart, as two flows: nothing may be planned on that.
        assertThat(window.traffic().flow().notes()).extracting(Flow.Note::holds).contains(true);
    }

    /// The recorded names with a second in which most are refused (HTTP 529).
    @Test
    void refusedRequestsAreDemand() {
        var folder = SharedScrapes.folder();
        if (folder.isEmpty()) {
            return;
        }
        String labels = "endpoint=\"chat_completions\",model=\"tiny\",request_type=\"stream\"";
        String more =
                """
                dynamo_frontend_requests_started_total{%1$s,error="more"} 600
                dynamo_frontend_requests_total{%1$s,error_type="overload",status="error"} 600
                dynamo_frontend_model_rejection_total{endpoint="chat_completions",model="tiny"} 600
                """
                        .formatted(labels);

        var traffic = RealScrapes.dynamo(folder.get()).window(95, more).traffic();

        assertThat(traffic.arrived()).isEqualTo(Reading.of(675));
        assertThat(traffic.rejected()).isEqualTo(Reading.of(600));
        assertThat(traffic.completed()).isEqualTo(Reading.of(70));
    }

    /// The gauge at the end says 8 running, the one at the begin 3: the truth is 4.3 on average.
    @Test
    void whatRanIsReadOverTheWindow() {
        var folder = SharedScrapes.folder();
        if (folder.isEmpty()) {
            return;
        }
        var decode = RealScrapes.dynamo(folder.get()).window(95).decode();

        assertThat(decode.runningRequests()).isEqualTo(Reading.of(8));
        assertThat(decode.occupancy().mean()).isEqualTo(Reading.of(5.5));
        assertThat(decode.occupancy().looks()).isEqualTo(2);
    }
}
