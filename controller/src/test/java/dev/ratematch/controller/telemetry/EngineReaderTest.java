package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineReaderTest {

    private static final FleetCounts TWO = FleetCounts.steady(2);

    private final Catalogue catalogue = Catalogue.shipped();
    private final ExpositionParser parser = ExpositionParser.reading(catalogue);
    private final EngineReader reader = new EngineReader(90, 15);
    private final ScrapeHistory prefill = new ScrapeHistory(Source.PREFILL, 60, 40);
    private final ScrapeHistory decode = new ScrapeHistory(Source.DECODE, 60, 40);

    private PodScrape pod(String name, String body) {
        var scrape = parser.parse(body);
        var source =
                switch (name.charAt(0)) {
                    case 'p' -> Source.PREFILL;
                    case 'd' -> Source.DECODE;
                    default -> Source.FRONTEND;
                };
        return PodScrape.of(name, scrape, catalogue.detect(scrape.names(), source));
    }

    private Snapshot read(double at) {
        return reader.read(at, prefill, decode, null, TWO, TWO);
    }

    private static void near(Reading reading, double wanted) {
        assertThat(reading).isInstanceOf(Reading.Value.class);
        assertThat(reading.orElse(-1)).isCloseTo(wanted, within(1e-6 * (1 + Math.abs(wanted))));
    }

    /// A pod begins after the first round, so that the bundled body counts from zero.
    private void bundledRound() {
        prefill.append(0, List.of());
        decode.append(0, List.of());
        prefill.append(15, List.of(pod("p", SharedScrapes.bundled("small-prefill.prom"))));
        decode.append(15, List.of(pod("d", SharedScrapes.bundled("small-decode.prom"))));
    }

    @Test
    void takesEachFactFromTheRoleThatKnowsIt() {
        bundledRound();

        var snapshot = read(15);
        var traffic = snapshot.traffic();

        near(traffic.completed(), 3);
        near(traffic.inputTokensMean(), 400);
        near(traffic.uncachedInputTokensMean(), 1000.0 / 3);
        near(traffic.outputTokensMean(), 200);
        near(traffic.ttftMeanSeconds(), 0.7 + 0.1);
        near(traffic.itlMeanSeconds(), 0.02);
        near(traffic.prefillSecondsMean(), 0.2);
        near(traffic.acceptLength(), 1);
        assertThat(traffic.inputTokensHistogram()).hasSize(3);
        near(snapshot.prefill().queuedRequests(), 2);
        near(snapshot.prefill().runningRequests(), 1);
        near(snapshot.prefill().kvUsed(), 0.25);
        near(snapshot.prefill().kvCapacityTokens(), 16_000);
        near(snapshot.decode().waitingForKv(), 1);
        near(snapshot.decode().queuedRequests(), 0);
        near(snapshot.decode().ready(), 2);
    }

    @Test
    void arrivalsWithoutAFrontendAreALowerBound() {
        bundledRound();

        near(read(15).traffic().arrived(), 3 + 1 + 2 + 2 + 1);
        assertThat(read(15).traffic().arrivedIsLowerBound()).isTrue();
    }

    @Test
    void theFrontendCountsArrivalsAndSeesTheUsersLatency() {
        bundledRound();
        var frontend = new ScrapeHistory(Source.FRONTEND, 60, 40);
        frontend.append(0, List.of(pod("f", front(10, 8, 0, 10, 5.0))));
        frontend.append(15, List.of(pod("f", front(17, 12, 2, 14, 7.0))));

        var traffic = reader.read(15, prefill, decode, frontend, TWO, TWO).traffic();

        near(traffic.arrived(), 7);
        assertThat(traffic.arrivedIsLowerBound()).isFalse();
        near(traffic.completed(), 4);
        near(traffic.rejected(), 2);
        near(traffic.ttftMeanSeconds(), 0.5);
        assertThat(traffic.ttftQuantileSeconds().orElse(-1)).isBetween(0.0, 1.0);
    }

    private static String front(int started, int done, int refused, int first, double ttftSum) {
        return """
        dynamo_frontend_requests_started_total{model="m"} %d
        dynamo_frontend_requests_total{model="m",status="success",error_type=""} %d
        dynamo_frontend_requests_total{model="m",status="error",error_type="overload"} %d
        dynamo_frontend_time_to_first_token_seconds_bucket{le="0"} 0
        dynamo_frontend_time_to_first_token_seconds_bucket{le="1"} %d
        dynamo_frontend_time_to_first_token_seconds_bucket{le="+Inf"} %d
        dynamo_frontend_time_to_first_token_seconds_sum %s
        dynamo_frontend_time_to_first_token_seconds_count %d
        """
                .formatted(started, done, refused, first, first, ttftSum, first);
    }

    @Test
    void noRequestsAreNoTrafficAndNotZero() {
        String idle = SharedScrapes.bundled("small-prefill.prom");
        prefill.append(0, List.of(pod("p", idle)));
        prefill.append(15, List.of(pod("p", idle)));
        decode.append(0, List.of(pod("d", SharedScrapes.bundled("small-decode.prom"))));
        decode.append(15, List.of(pod("d", SharedScrapes.bundled("small-decode.prom"))));

        var traffic = read(15).traffic();

        near(traffic.arrived(), 0);
        assertThat(traffic.inputTokensMean()).isEqualTo(new Reading.NoTraffic());
        assertThat(traffic.outputTokensMean()).isEqualTo(new Reading.NoTraffic());
        assertThat(traffic.itlQuantileSeconds()).isEqualTo(new Reading.NoTraffic());
    }

    @Test
    void severalTokensAnEventMakeTheLatencyPerTokenShorter() {
        prefill.append(0, List.of());
        decode.append(0, List.of());
        decode.append(
                15,
                List.of(
                        pod(
                                "d",
                                """
                                vllm:spec_decode_num_drafts_total 100
                                vllm:spec_decode_num_accepted_tokens_total 150
                                vllm:inter_token_latency_seconds_bucket{le="0.1"} 100
                                vllm:inter_token_latency_seconds_bucket{le="+Inf"} 100
                                vllm:inter_token_latency_seconds_sum 5
                                vllm:inter_token_latency_seconds_count 100
                                """)));

        var traffic = read(15).traffic();

        near(traffic.acceptLength(), 2.5);
        near(traffic.itlMeanSeconds(), 0.02);
    }

    @Test
    void nothingReadableIsUnknownWithItsReason() {
        prefill.append(0, List.of(PodScrape.failed("p", "it looks like HTML")));
        decode.append(0, List.of(PodScrape.failed("d", "timed out")));

        var snapshot = read(0);

        assertThat(snapshot.traffic().inputTokensMean())
                .isEqualTo(new Reading.Unknown("prefill pod p: it looks like HTML"));
        assertThat(snapshot.traffic().arrived().known()).isFalse();
        assertThat(snapshot.windowSeconds().known()).isFalse();
        assertThat(snapshot.prefill().ready()).isEqualTo(Reading.of(2));
        assertThat(snapshot.warnings())
                .containsExactly("prefill pod p: it looks like HTML", "decode pod d: timed out");
    }

    @Test
    void keepsOnlyWhatIsRead() {
        var scrape =
                parser.parse(
                        """
                        vllm:request_prompt_tokens_sum 1
                        vllm_kv_cache_usage_perc 0.5
                        vllm:request_params_max_tokens_sum 3
                        python_info 1
                        """);

        assertThat(scrape.size()).isEqualTo(2);
    }

    /// During an upgrade old pods have the old name; a shared name must not hide them.
    @Test
    void podsOfTwoReleasesAreReadEachByItsOwnNames() {
        prefill.append(0, List.of());
        decode.append(
                0,
                List.of(
                        pod("d1", "vllm:num_requests_running 3\nvllm:kv_cache_usage_perc 0.2\n"),
                        pod("d2", "vllm:num_requests_running 4\nvllm:gpu_cache_usage_perc 0.6\n")));

        near(read(0).decode().kvUsed(), 0.4);
        near(read(0).decode().runningRequests(), 7);
    }

    @Test
    void podsOfTwoEnginesAreReadEachInItsDialect() {
        decode.append(0, List.of());
        prefill.append(0, List.of());
        decode.append(
                15,
                List.of(
                        pod("d1", vllmGaps(100, 4, 50, 50)),
                        pod(
                                "d2",
                                """
                                sglang:num_running_reqs{tp_rank="0"} 2
                                sglang:inter_token_latency_seconds_bucket{le="+Inf"} 300
                                sglang:inter_token_latency_seconds_sum 3
                                sglang:inter_token_latency_seconds_count 300
                                sglang:spec_accept_length 0
                                """)));

        var snapshot = read(15);

        near(snapshot.decode().runningRequests(), 3);
        // Two tokens an event on the first: its 4 s are those of 200 tokens.
        near(snapshot.traffic().itlMeanSeconds(), (4.0 + 3) / (200 + 300));
    }

    private static String vllmGaps(int events, double sum, int drafts, int accepted) {
        return """
        vllm:num_requests_running 1
        vllm:inter_token_latency_seconds_bucket{le="+Inf"} %d
        vllm:inter_token_latency_seconds_sum %s
        vllm:inter_token_latency_seconds_count %d
        vllm:spec_decode_num_drafts_total %d
        vllm:spec_decode_num_accepted_tokens_total %d
        """
                .formatted(events, sum, events, drafts, accepted);
    }

    /// Ranks of one tensor-parallel group tell the same; data-parallel ones do not.
    @Test
    void ranksThatTellTheSameCountOnce() {
        prefill.append(0, List.of());
        decode.append(
                0,
                List.of(
                        pod(
                                "d",
                                """
                                sglang:num_running_reqs{dp_rank="0",tp_rank="0"} 5
                                sglang:num_running_reqs{dp_rank="0",tp_rank="1"} 4
                                sglang:num_running_reqs{dp_rank="1",tp_rank="2"} 7
                                sglang:num_running_reqs{dp_rank="1",tp_rank="3",priority="3"} 7
                                sglang:token_usage{dp_rank="0",tp_rank="0"} 0.5
                                sglang:token_usage{dp_rank="0",tp_rank="1"} 0.5
                                sglang:token_usage{dp_rank="1",tp_rank="2"} 0.1
                                sglang:max_total_num_tokens{dp_rank="0",tp_rank="0"} 1000
                                sglang:max_total_num_tokens{dp_rank="0",tp_rank="1"} 1000
                                sglang:max_total_num_tokens{dp_rank="1",tp_rank="2"} 1000
                                """)));

        near(read(0).decode().runningRequests(), 12);
        near(read(0).decode().kvUsed(), 0.3);
        near(read(0).decode().kvCapacityTokens(), 2000);
    }

    /// A sum with a part missing is unknown: read as the rest, a renamed queue would look empty.
    @Test
    void aTermThatIsMissingMakesTheSumUnknown() {
        decode.append(0, List.of());
        prefill.append(
                0, List.of(pod("p", "sglang:num_queue_reqs 4\nsglang:num_running_reqs 1\n")));

        assertThat(read(0).prefill().queuedRequests())
                .isEqualTo(
                        new Reading.Unknown(
                                "no prefill pod exposes sglang:num_queue_reqs and"
                                        + " sglang:num_prefill_bootstrap_queue_reqs"));
    }

    @Test
    void aCounterWithoutTotalIsFoundAndItsResetIsSeen() {
        prefill.append(0, List.of());
        String triton =
                """
                nv_trt_llm_request_metrics{request_type="active"} 1
                nv_inference_request_success{model="m"} %d
                """;
        decode.append(0, List.of(pod("d", triton.formatted(100))));
        decode.append(15, List.of(pod("d", triton.formatted(7))));

        near(read(15).traffic().completed(), 7);
    }
}
