package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyTest {

    private static final FleetCounts ONE = FleetCounts.steady(1);

    private static Tally tally(double[] upper, double[] cumulative) {
        double count = cumulative[cumulative.length - 1];
        return new Tally(Histogram.of(upper, cumulative, count, count), null, 0);
    }

    @Test
    void theSourceWithTheFinerBucketAtTheQuantileTellsIt() {
        var coarse = tally(new double[] {1, 10}, new double[] {50, 100});
        var fine = tally(new double[] {1, 2, 3, 10}, new double[] {50, 80, 99, 100});
        var elsewhere = tally(new double[] {20, 21}, new double[] {50, 100});

        var own = Latency.of(coarse, 95);
        assertThat(own.bucket()).isEqualTo(new Bucket(1, 10, 50));
        assertThat(own.finer(fine, 95).bucket()).isEqualTo(new Bucket(2, 3, 19));
        assertThat(own.finer(fine, 95).quantile().orElse(0)).isBetween(2.0, 3.0);
        assertThat(own.finer(fine, 95).mean()).isEqualTo(own.mean());
        assertThat(Latency.of(fine, 95).finer(coarse, 95)).isEqualTo(Latency.of(fine, 95));
        assertThat(own.finer(elsewhere, 95)).isEqualTo(own);
        assertThat(own.finer(Tally.none(new Reading.Unknown("x")), 95)).isEqualTo(own);
    }

    @Test
    void aBucketMovesWithItsQuantile() {
        var own = Latency.of(tally(new double[] {1, 3}, new double[] {0, 10}), 50);

        assertThat(own.times(0.5).bucket()).isEqualTo(new Bucket(0.5, 1.5, 10));
        assertThat(own.plus(Reading.of(2)).bucket()).isEqualTo(new Bucket(3, 5, 10));
        assertThat(own.plus(Reading.of(2)).quantile()).isEqualTo(Reading.of(4));
        assertThat(own.plus(new Reading.NoTraffic())).isEqualTo(own);
    }

    private static final String PREFILL = "vllm:num_requests_running 0\n";

    private static String decode(int count) {
        return """
        vllm:inter_token_latency_seconds_bucket{le="0.01"} 0
        vllm:inter_token_latency_seconds_bucket{le="0.1"} %1$d
        vllm:inter_token_latency_seconds_bucket{le="+Inf"} %1$d
        vllm:inter_token_latency_seconds_sum %2$s
        vllm:inter_token_latency_seconds_count %1$d
        """
                .formatted(count, count * 0.025);
    }

    private static String frontend(int count) {
        return """
        dynamo_frontend_inter_token_latency_seconds_bucket{le="0.02"} 0
        dynamo_frontend_inter_token_latency_seconds_bucket{le="0.03"} %1$d
        dynamo_frontend_inter_token_latency_seconds_bucket{le="+Inf"} %1$d
        dynamo_frontend_inter_token_latency_seconds_sum %2$s
        dynamo_frontend_inter_token_latency_seconds_count %1$d
        """
                .formatted(count, count * 0.026);
    }

    private static ScrapeHistory history(Source source, String before, String after) {
        var history = new ScrapeHistory(source, 60, 40);
        history.append(0, List.of(RealScrapes.pod("pod", before, source)));
        history.append(15, List.of(RealScrapes.pod("pod", after, source)));
        return history;
    }

    private static TrafficReading read(int observedByTheFrontend) {
        return new EngineReader(95, 15)
                .read(
                        15,
                        history(Source.PREFILL, PREFILL, PREFILL),
                        history(Source.DECODE, decode(0), decode(1000)),
                        history(Source.FRONTEND, frontend(0), frontend(observedByTheFrontend)),
                        ONE,
                        ONE)
                .traffic();
    }

    /// The mean stays the engines', which count every token.
    @Test
    void aFrontendsFineBucketsTellTheQuantileOfItl() {
        var read = read(990);

        assertThat(read.itlMeanSeconds().orElse(0)).isCloseTo(0.025, within(1e-9));
        assertThat(read.itlQuantileSeconds().orElse(0)).isCloseTo(0.0295, within(1e-9));
        assertThat(read.resolution().itl()).isEqualTo(new Bucket(0.02, 0.03, 990));
    }

    /// One observation a request, as some frontends make, is no quantile of tokens.
    @Test
    void aFrontendThatObservesRequestsDoesNotTellIt() {
        assertThat(read(10).resolution().itl()).isEqualTo(new Bucket(0.01, 0.1, 1000));
    }
}
