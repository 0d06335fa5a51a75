package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// What the shared samples state about themselves: means and counts exactly, quantiles within one
/// bucket. Without the folder the same is done on bundled samples whose requests are known.
class GroundTruthTest {

    private static final FleetCounts ONE = FleetCounts.steady(1);

    @Test
    void meansCountsAndQuantilesOfTheSamples() throws IOException {
        var folder = SharedScrapes.folder();
        if (folder.isEmpty()) {
            var tokens =
                    Histogram.of(
                            Exposition.parse(SharedScrapes.bundled("small-decode.prom")),
                            "vllm:request_generation_tokens");
            near(tokens.mean().orElseThrow(), 200);
            assertThat(tokens.quantile(0.9).orElseThrow()).isBetween(200.0, 500.0);
            return;
        }
        var truth = new ObjectMapper().readTree(folder.get().resolve("expected.json").toFile());
        for (String engine : List.of("vllm", "dynamo", "sglang", "trtllm")) {
            engine(folder.get(), engine, truth);
        }
        dynamoFrontend(folder.get(), truth.get("frontend"));
        endpointPicker(folder.get(), truth.get("frontend"));
        lifetime(folder.get(), truth);
    }

    /// The restarted pod's counters are lower, so all of them are new; the older release has other
    /// names; two engines in one body are one pod.
    @Test
    void restartsOldNamesAndDataParallelBodies() {
        var folder = SharedScrapes.folder();
        if (folder.isEmpty()) {
            return;
        }
        var restarted = new ScrapeHistory(Source.PREFILL, 600, 40);
        var again = parse(folder.get(), "vllm-prefill.restarted");
        restarted.append(3600, List.of(pod(parse(folder.get(), "vllm-prefill"), Source.PREFILL)));
        restarted.append(3720, List.of(pod(again, Source.PREFILL)));
        var computed = Histogram.of(again, "vllm:request_prompt_tokens");
        var seen = restarted.window(3720, 120).histogram(Fact.INPUT_TOKENS);
        near(seen.count(), computed.count());
        near(seen.mean(), computed.mean().orElseThrow());

        var decode = new ScrapeHistory(Source.DECODE, 60, 40);
        decode.append(0, List.of(pod(parse(folder.get(), "vllm-decode-dp2"), Source.DECODE)));
        var two = parse(folder.get(), "vllm-decode-dp2").named("vllm:num_requests_running");
        assertThat(two).hasSize(2);
        var old = new ScrapeHistory(Source.PREFILL, 60, 40);
        old.append(0, List.of(pod(parse(folder.get(), "vllm-legacy-v0.8"), Source.PREFILL)));
        var snapshot = new EngineReader(90, 15).read(0, old, decode, null, ONE, ONE);
        near(snapshot.decode().runningRequests(), two.stream().mapToDouble(Sample::value).sum());
        assertThat(snapshot.decode().kvUsed().orElse(2)).isBetween(0.0, 1.0);
        assertThat(snapshot.prefill().kvUsed().orElse(2)).isBetween(0.0, 1.0);
    }

    /// 64 pods, two scrapes each, as in a long simulation: one cycle must cost milliseconds.
    @Test
    void sixtyFourPodsAreReadInMilliseconds() {
        var folder = SharedScrapes.folder();
        String[] bodies = new String[4];
        for (int i = 0; i < 4; i++) {
            String role = i < 2 ? "prefill" : "decode";
            String next = i % 2 == 0 ? ".prom" : ".next.prom";
            bodies[i] =
                    folder.map(f -> SharedScrapes.read(f.resolve("vllm-" + role + next)))
                            .orElseGet(() -> SharedScrapes.bundled("small-" + role + ".prom"));
        }
        var parser = ExpositionParser.reading(Catalogue.shipped());
        var prefill = new ScrapeHistory(Source.PREFILL, 60, 40);
        var decode = new ScrapeHistory(Source.DECODE, 60, 40);
        var reader = new EngineReader(90, 15);
        long best = Long.MAX_VALUE;
        for (int cycle = 0; cycle < 40; cycle++) {
            long start = System.nanoTime();
            var p = new ArrayList<PodScrape>();
            var d = new ArrayList<PodScrape>();
            for (int pod = 0; pod < 32; pod++) {
                p.add(pod("p" + pod, parser.parse(bodies[cycle % 2]), Source.PREFILL));
                d.add(pod("d" + pod, parser.parse(bodies[2 + cycle % 2]), Source.DECODE));
            }
            prefill.append(15 * cycle, p);
            decode.append(15 * cycle, d);
            var snapshot = reader.read(15 * cycle, prefill, decode, null, ONE, ONE);
            assertThat(snapshot.decode().runningRequests().known()).isTrue();
            best = Math.min(best, System.nanoTime() - start);
        }
        System.out.printf(Locale.ROOT, "telemetry-cycle-64-pods: %.2f ms%n", best / 1e6);
        assertThat(best).isLessThan(500_000_000L);
    }

    private static Scrape parse(Path folder, String name) {
        return Exposition.parse(SharedScrapes.read(folder.resolve(name + ".prom")));
    }

    private static PodScrape pod(Scrape scrape, Source source) {
        return pod("pod", scrape, source);
    }

    private static PodScrape pod(String name, Scrape scrape, Source source) {
        return PodScrape.of(name, scrape, Catalogue.shipped().detect(scrape.names(), source));
    }

    private static ScrapeHistory history(Path folder, String name) {
        var source = Source.valueOf(name.substring(name.indexOf('-') + 1).toUpperCase(Locale.ROOT));
        var history = new ScrapeHistory(source, 60, 40);
        var parser = ExpositionParser.everything();
        for (int i = 0; i < 2; i++) {
            String file = name + (i == 0 ? ".prom" : ".next.prom");
            history.append(
                    3600 + 15 * i,
                    List.of(pod(parser.parse(SharedScrapes.read(folder.resolve(file))), source)));
        }
        return history;
    }

    private static Snapshot snapshot(Path folder, String engine, double percentile) {
        return new EngineReader(percentile, 15)
                .read(
                        3615,
                        history(folder, engine + "-prefill"),
                        history(folder, engine + "-decode"),
                        null,
                        ONE,
                        ONE);
    }

    private static void engine(Path folder, String engine, JsonNode truth) {
        var prefill = truth.get("prefill");
        var decode = truth.get("decode");
        var snapshot = snapshot(folder, engine, 90);
        var traffic = snapshot.traffic();

        near(snapshot.windowSeconds(), truth.get("interval_s").asDouble());
        near(traffic.completed(), decode.get("finished_delta").asDouble());
        near(traffic.inputTokensMean(), mean(prefill, "isl_finished_delta"));
        near(
                traffic.uncachedInputTokensMean(),
                prefill.get("uncached_prompt_tokens_delta").asDouble()
                        / prefill.get("finished_delta").asDouble());
        near(traffic.outputTokensMean(), mean(decode, "osl_finished_delta"));
        switch (engine) {
            case "sglang" ->
                    near(
                            traffic.ttftMeanSeconds(),
                            mean(decode, "sglang_decode_ttft_first_token_delta"));
            // It observes when a request ends, so it tells of other requests than the truth does.
            case "trtllm" ->
                    assertThat(traffic.ttftMeanSeconds().orElse(0))
                            .isGreaterThan(mean(prefill, "ttft_first_token_delta"));
            default -> {
                near(
                        traffic.ttftMeanSeconds(),
                        mean(prefill, "ttft_first_token_delta")
                                + mean(decode, "ttft_first_token_delta"));
                near(traffic.localPrefillShare(), 0);
            }
        }
        if (!engine.equals("trtllm")) {
            near(
                    traffic.kvTransferSecondsMean(),
                    mean(decode, "kv_xfer_seconds_first_token_delta"));
            assertThat(traffic.inputTokensHistogram()).isNotEmpty();
        }
        assertThat(traffic.itlMeanSeconds().orElse(0))
                .isCloseTo(mean(decode, "itl_t0"), within(0.002));
        assertThat(traffic.acceptLength().orElse(0)).isCloseTo(1, within(0.01));
        near(snapshot.prefill().runningRequests(), prefill.get("running_t1").asDouble());
        near(snapshot.prefill().queuedRequests(), prefill.get("waiting_t1").asDouble());
        near(snapshot.decode().runningRequests(), decode.get("running_t1").asDouble());
        near(
                snapshot.decode().kvCapacityTokens(),
                truth.get("cluster").get("kv_capacity_tokens").asDouble());
        near(traffic.arrived(), arrived(engine, prefill, decode));
    }

    private static double arrived(String engine, JsonNode prefill, JsonNode decode) {
        if (engine.equals("sglang")) {
            // Its decode pods hold a request from its arrival on: 14 at first, 9 in the end.
            return decode.get("finished_delta").asDouble() + 9 - 14;
        }
        // One pod of four and one of three: prefill's ended 23 and decode's were given 16
        // meanwhile,
        // and the larger of two counts is the demand.
        return prefill.get("finished_delta").asDouble()
                + prefill.get("running_t1").asDouble()
                - prefill.get("running_t0").asDouble()
                - prefill.get("waiting_t0").asDouble()
                + prefill.get("waiting_t1").asDouble();
    }

    private static void dynamoFrontend(Path folder, JsonNode truth) {
        var traffic =
                new EngineReader(90, 15)
                        .read(
                                3615,
                                history(folder, "dynamo-prefill"),
                                history(folder, "dynamo-decode"),
                                history(folder, "dynamo-frontend"),
                                ONE,
                                ONE)
                        .traffic();

        near(traffic.arrived(), truth.get("accepted_delta").asDouble());
        assertThat(traffic.arrivedIsLowerBound()).isFalse();
        near(traffic.completed(), truth.get("finished_delta").asDouble());
        near(traffic.ttftMeanSeconds(), mean(truth, "ttft_first_token_delta"));
    }

    private static void endpointPicker(Path folder, JsonNode truth) {
        var traffic =
                new EngineReader(90, 15)
                        .read(
                                3615,
                                history(folder, "trtllm-prefill"),
                                history(folder, "trtllm-decode"),
                                history(folder, "epp-frontend"),
                                ONE,
                                ONE)
                        .traffic();

        near(traffic.arrived(), truth.get("accepted_delta").asDouble());
        near(traffic.completed(), truth.get("finished_delta").asDouble());
        near(traffic.rejected(), 0);
        near(traffic.ttftMeanSeconds(), mean(truth, "ttft_first_token_delta"));
        near(traffic.localPrefillShare(), 3 / 39.0);
    }

    private static void lifetime(Path folder, JsonNode truth) {
        var prefill = truth.get("prefill");
        var decode = truth.get("decode");
        var front = truth.get("frontend");
        family(folder, "vllm-prefill", "vllm:time_to_first_token_seconds", prefill.get("ttft_t0"));
        family(folder, "vllm-decode", "vllm:time_to_first_token_seconds", decode.get("ttft_t0"));
        family(folder, "vllm-decode", "vllm:inter_token_latency_seconds", decode.get("itl_t0"));
        String dynamo = "dynamo_frontend_";
        family(
                folder,
                "dynamo-frontend",
                dynamo + "time_to_first_token_seconds",
                front.get("ttft_t0"));
        family(
                folder,
                "dynamo-frontend",
                dynamo + "inter_token_latency_seconds",
                front.get("itl_t0"));
        family(folder, "dynamo-frontend", dynamo + "input_sequence_tokens", front.get("isl_t0"));
        family(folder, "dynamo-frontend", dynamo + "output_sequence_tokens", front.get("osl_t0"));
        family(folder, "epp-frontend", "llm_d_epp_request_output_tokens", front.get("osl_t0"));
        family(folder, "epp-frontend", "llm_d_epp_request_ttft_seconds", front.get("ttft_t0"));
        family(
                folder,
                "epp-frontend",
                "llm_d_epp_request_streaming_itl_seconds",
                front.get("itl_t0"));
        family(folder, "sglang-decode", "sglang:inter_token_latency_seconds", decode.get("itl_t0"));
        family(
                folder,
                "sglang-prefill",
                "sglang:time_to_first_token_seconds",
                prefill.get("ttft_t0"));
        family(
                folder,
                "trtllm-prefill",
                "trtllm_time_to_first_token_seconds",
                prefill.get("ttft_t0"));
    }

    private static void family(Path folder, String file, String family, JsonNode truth) {
        var scrape = Exposition.parse(SharedScrapes.read(folder.resolve(file + ".prom")));
        var histogram = Histogram.of(scrape, family);

        assertThat(histogram.count()).as(family).isEqualTo(truth.get("n").asDouble());
        assertThat(histogram.mean().orElseThrow())
                .as(family)
                .isCloseTo(
                        truth.get("mean").asDouble(),
                        within(1e-6 * (1 + truth.get("mean").asDouble())));
        for (int percent : new int[] {50, 90, 99}) {
            double wanted = truth.get("p" + percent).asDouble();
            double seen = histogram.quantile(percent / 100.0).orElseThrow();
            double lower = 0;
            double upper = Double.POSITIVE_INFINITY;
            for (var cell : histogram.cells()) {
                lower = cell.lower() < wanted ? cell.lower() : lower;
                upper = Math.min(upper, cell.upper() >= wanted ? cell.upper() : upper);
            }
            assertThat(seen).as("%s p%d", family, percent).isBetween(lower, upper);
        }
    }

    private static double mean(JsonNode truth, String name) {
        return truth.get(name).get("mean").asDouble();
    }

    private static void near(Reading seen, double wanted) {
        assertThat(seen).isInstanceOf(Reading.Value.class);
        near(seen.orElse(Double.NaN), wanted);
    }

    private static void near(double seen, double wanted) {
        assertThat(seen).isCloseTo(wanted, within(2e-6 * (1 + Math.abs(wanted))));
    }
}
