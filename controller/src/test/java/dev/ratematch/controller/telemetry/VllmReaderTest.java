package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class VllmReaderTest {

    private static final FleetCounts TWO = FleetCounts.steady(2);

    private final ExpositionParser parser = VllmNames.parser();
    private final VllmReader reader = new VllmReader(90, 15);
    private final ScrapeHistory prefill = new ScrapeHistory("prefill", 60, 40);
    private final ScrapeHistory decode = new ScrapeHistory("decode", 60, 40);

    private PodScrape pod(String name, String body) {
        return PodScrape.of(name, parser.parse(body));
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
        var frontend = new ScrapeHistory("frontend", 60, 40);
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
                        vllm:request_params_n_sum 3
                        python_info 1
                        """);

        assertThat(scrape.size()).isEqualTo(2);
    }
}
