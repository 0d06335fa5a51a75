package dev.ratematch.controller.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Flow;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Resolution;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficTextTest {

    private static final Reading UNKNOWN = new Reading.Unknown("no pod exposes it");
    private static final Reading NONE = new Reading.NoTraffic();

    private static TrafficReading traffic(Reading length, Reading latency, Resolution resolution) {
        return new TrafficReading(
                Reading.of(10),
                false,
                UNKNOWN,
                UNKNOWN,
                length,
                UNKNOWN,
                length,
                length,
                UNKNOWN,
                latency,
                latency,
                latency,
                latency,
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                List.of(),
                Flow.NONE,
                resolution);
    }

    @Test
    void aCoarseBucketIsShownWithItsQuantileAndAFineOneIsNot() {
        var coarse =
                new Resolution(
                        new Bucket(0.25, 0.5, 9), new Bucket(0.48, Double.POSITIVE_INFINITY, 9));
        var fine = new Resolution(new Bucket(0.27, 0.28, 9), new Bucket(0.27, 0.28, 9));
        var value = Reading.of(0.272);

        assertThat(TrafficText.latency(traffic(value, value, coarse), 95))
                .isEqualTo(
                        "TTFT 272 ms mean, 272 ms at p95 (between 250 ms and 500 ms);"
                                + " ITL 272 ms mean, 272 ms at p95 (480 ms or more)");
        assertThat(TrafficText.latency(traffic(value, value, fine), 99.5))
                .isEqualTo("TTFT 272 ms mean, 272 ms at p99.5; ITL 272 ms mean, 272 ms at p99.5");
    }

    @Test
    void whatIsNotKnownIsASentence() {
        var known = traffic(Reading.of(1200), UNKNOWN, Resolution.NONE);
        var idle = traffic(NONE, NONE, Resolution.NONE);
        var stale = traffic(new Reading.Stale(90), UNKNOWN, Resolution.NONE);

        assertThat(TrafficText.prompts(known))
                .isEqualTo(
                        "ISL 1200 tokens mean; 1200 of them computed;"
                                + " the share of prefix hits is unknown (no pod exposes it)");
        assertThat(TrafficText.answers(known))
                .isEqualTo(
                        "OSL 1200 tokens mean;"
                                + " how many tokens a decode step makes is unknown (no pod exposes it)");
        assertThat(TrafficText.latency(known, 95))
                .isEqualTo(
                        "TTFT is unknown (no pod exposes it); ITL is unknown (no pod exposes it)");
        assertThat(TrafficText.prompts(idle))
                .isEqualTo("no request ended in the window: ISL has no mean");
        assertThat(TrafficText.answers(idle))
                .isEqualTo("no request ended in the window: OSL has no mean");
        assertThat(TrafficText.latency(idle, 95))
                .isEqualTo("no TTFT was observed in the window; no ITL was observed in the window");
        assertThat(TrafficText.answers(stale)).startsWith("OSL is stale (90 s old);");
    }

    @Test
    void aPoolOfWhichNothingIsKnownIsASentenceToo() {
        assertThat(AdviceText.load(PoolReading.unknown("no pod exposes it")))
                .isEqualTo(
                        "what runs is unknown (no pod exposes it), the queue is unknown (no pod"
                                + " exposes it), the share of KV in use is unknown (no pod exposes it)");
    }
}
