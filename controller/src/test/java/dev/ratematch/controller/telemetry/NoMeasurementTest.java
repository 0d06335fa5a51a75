package dev.ratematch.controller.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Numbers that engines expose and nobody can have measured, as the fuzz test found them.
class NoMeasurementTest {

    private static final Catalogue CATALOGUE = Catalogue.shipped();

    private static ScrapeWindow window(String body) {
        var history = new ScrapeHistory(Source.DECODE, 60, 60);
        var scrape = ExpositionParser.reading(CATALOGUE).parse(body);
        history.append(0, List.of());
        history.append(
                15,
                List.of(
                        PodScrape.of(
                                "d", scrape, CATALOGUE.detect(scrape.names(), Source.DECODE))));
        return history.window(15, 30);
    }

    private static String generated(String middle, String sum) {
        return """
        vllm:num_requests_running 1
        vllm:request_generation_tokens_bucket{le="100"} %s
        vllm:request_generation_tokens_bucket{le="200"} 4
        vllm:request_generation_tokens_bucket{le="+Inf"} 4
        vllm:request_generation_tokens_sum %s
        vllm:request_generation_tokens_count 4
        """
                .formatted(middle, sum);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "+Inf", "1e300"})
    void aBucketThatIsNoCountMakesItsHistogramUnknown(String count) {
        var tally = window(generated(count, "600")).histogram("vllm:request_generation_tokens");

        assertThat(tally.readable()).isFalse();
        assertThat(tally.quantile(95)).isEqualTo(tally.mean()).isEqualTo(tally.cv2());
        assertThat(((Reading.Unknown) tally.mean()).why())
                .isEqualTo("vllm:request_generation_tokens of the decode pods is no number");
    }

    @Test
    void aSumBeyondAllMeasureIsUnknownToo() {
        assertThat(
                        window(generated("1", "1e308"))
                                .histogram("vllm:request_generation_tokens")
                                .mean()
                                .known())
                .isFalse();
        assertThat(
                        window("vllm:num_requests_running 1e200\n")
                                .gauge("vllm:num_requests_running")
                                .known())
                .isFalse();
        assertThat(window(generated("1", "600")).histogram("vllm:request_generation_tokens").mean())
                .isEqualTo(Reading.of(150));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e308", "-Inf", "-1e300", "NaN"})
    void aBoundBeyondAllMeasureIsNone(String bound) {
        String odd = generated("1", "600") + "vllm:request_generation_tokens_bucket{le=\"B\"} 4\n";
        assertThat(
                        window(odd.replace("B", bound))
                                .histogram("vllm:request_generation_tokens")
                                .cv2())
                .isEqualTo(
                        window(generated("1", "600"))
                                .histogram("vllm:request_generation_tokens")
                                .cv2());
    }

    @Test
    void whatCannotBeReadIsQuotedInPart() {
        assertThatThrownBy(() -> Exposition.parse("a 1\nb " + "(".repeat(50_000)))
                .isInstanceOf(ExpositionException.class)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(400))
                .hasMessageStartingWith("Line 2 of the metrics text cannot be read");
    }

    @Test
    void whatIsLessThanNothingIsUnknown() {
        var history = new ScrapeHistory(Source.DECODE, 60, 60);
        String body =
                generated("1", "-600")
                        + "vllm:kv_cache_usage_perc -3\nvllm:num_requests_waiting 2\n";
        var scrape = ExpositionParser.reading(CATALOGUE).parse(body);
        history.append(0, List.of());
        history.append(
                15,
                List.of(
                        PodScrape.of(
                                "d", scrape, CATALOGUE.detect(scrape.names(), Source.DECODE))));
        var one = FleetCounts.steady(1);
        var snapshot = new EngineReader(95, 30).read(15, history, history, null, one, one);

        assertThat(snapshot.decode().kvUsed())
                .isEqualTo(new Reading.Unknown("what is exposed comes to less than nothing"));
        assertThat(snapshot.traffic().outputTokensMean().known()).isFalse();
        assertThat(snapshot.decode().queuedRequests()).isEqualTo(Reading.of(2));
    }
}
