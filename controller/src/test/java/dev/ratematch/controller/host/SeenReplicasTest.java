package dev.ratematch.controller.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.sample.Samples;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeenReplicasTest {

    /// A pod with two ports of which one is silent, a silent pod, and no prefill pod at all.
    private static final PodTelemetry PODS =
            new PodTelemetry() {
                @Override
                public Snapshot observe(double atSeconds) {
                    return Samples.steady(atSeconds, 7, 7, 30);
                }

                @Override
                public List<PodScrape> pods(Source source) {
                    return source == Source.DECODE
                            ? List.of(
                                    PodScrape.failed("a (10.0.0.7:1)", "").in("a"),
                                    PodScrape.failed("a (10.0.0.7:2)", "up is 0").in("a"),
                                    PodScrape.failed("b (10.0.0.8:1)", "up is 0").in("b"))
                            : List.of();
                }

                @Override
                public Map<String, Detection> detected() {
                    return Map.of();
                }
            };

    @Test
    void portsOfOnePodAreOneReplica() {
        var decode = new SeenReplicas(PODS, Map.of()).observe(5).decode();

        assertThat(decode.desired()).isEqualTo(Reading.of(2));
        assertThat(decode.ready()).isEqualTo(Reading.of(1));
        assertThat(decode.starting()).isEqualTo(Reading.of(1));
        assertThat(decode.runningRequests()).isEqualTo(Reading.of(30));
    }

    @Test
    void replicasOfARoleWithoutPodsAreUnknownAndThoseThatAreGivenAreNot() {
        var prefill = new SeenReplicas(PODS, Map.of()).observe(5).prefill();
        assertThat(prefill.desired()).isEqualTo(new Reading.Unknown("no prefill pod is seen"));
        assertThat(prefill.ready().known()).isFalse();

        var given = new SeenReplicas(PODS, Map.of(Source.PREFILL, 3)).observe(5).prefill();
        assertThat(given.desired()).isEqualTo(Reading.of(3));
        assertThat(given.starting()).isEqualTo(Reading.of(0));
    }
}
