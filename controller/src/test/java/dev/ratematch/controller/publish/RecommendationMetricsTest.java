package dev.ratematch.controller.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a Prometheus would read.
class RecommendationMetricsTest {

    private static final Instant START = Instant.parse("2026-11-25T00:00:00Z");

    private final Recommendations store = new Recommendations();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private Instant now = START;
    private final RecommendationMetrics metrics =
            RecommendationMetrics.bind(store, registry, () -> now);

    private void publish(String name, int prefill, int decode) {
        store.publish(new Recommended("ml", name, prefill, decode, 4, 8, now, true, "rebalance"));
    }

    private List<String> series() {
        return registry.scrape().lines().filter(line -> !line.startsWith("#")).sorted().toList();
    }

    @Test
    void showsStagedCountsEndAgeAndFreshness() {
        publish("chat", 5, 6);
        now = START.plusMillis(2500);
        assertThat(series())
                .containsExactly(
                        "ratematch_desired_replicas_end{namespace=\"ml\",ratematcher=\"chat\",role=\"decode\"} 8.0",
                        "ratematch_desired_replicas_end{namespace=\"ml\",ratematcher=\"chat\",role=\"prefill\"} 4.0",
                        "ratematch_desired_replicas{namespace=\"ml\",ratematcher=\"chat\",role=\"decode\"} 6.0",
                        "ratematch_desired_replicas{namespace=\"ml\",ratematcher=\"chat\",role=\"prefill\"} 5.0",
                        "ratematch_recommendation_age_seconds{namespace=\"ml\",ratematcher=\"chat\"} 2.5",
                        "ratematch_recommendation_fresh{namespace=\"ml\",ratematcher=\"chat\"} 1.0");
    }

    @Test
    void unknownTelemetryKeepsTheLastGoodCountsAndShowsTheirAge() {
        publish("chat", 5, 6);
        now = START.plusSeconds(900);
        store.stale("ml", "chat", "Prometheus is away.");
        assertThat(series())
                .contains(
                        "ratematch_desired_replicas{namespace=\"ml\",ratematcher=\"chat\",role=\"prefill\"} 5.0",
                        "ratematch_recommendation_age_seconds{namespace=\"ml\",ratematcher=\"chat\"} 900.0",
                        "ratematch_recommendation_fresh{namespace=\"ml\",ratematcher=\"chat\"} 0.0");
        publish("chat", 7, 4);
        assertThat(series())
                .contains(
                        "ratematch_desired_replicas{namespace=\"ml\",ratematcher=\"chat\",role=\"prefill\"} 7.0",
                        "ratematch_recommendation_age_seconds{namespace=\"ml\",ratematcher=\"chat\"} 0.0",
                        "ratematch_recommendation_fresh{namespace=\"ml\",ratematcher=\"chat\"} 1.0");
    }

    @Test
    void nothingIsShownBeforeTheFirstRecommendation() {
        store.stale("ml", "chat", "No window yet.");
        assertThat(series()).isEmpty();
    }

    @Test
    void seriesGoWithTheirRateMatcherAndNoOther() {
        publish("chat", 5, 6);
        publish("code", 1, 2);
        store.remove("ml", "chat");
        assertThat(series()).hasSize(6).allMatch(line -> line.contains("ratematcher=\"code\""));
        publish("chat", 2, 2);
        assertThat(series()).hasSize(12);
        metrics.close();
        assertThat(series()).isEmpty();
        publish("chat", 3, 3);
        assertThat(series()).isEmpty();
    }
}
