package dev.ratematch.controller.publish;

import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.advice.Round;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.recommend.Recommender;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What is laid out of advice.
class DeskTest {

    private static final double ARRIVED = 900;
    private static final double WINDOW = 30;

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Recommender recommender =
            new Recommender(
                    ServiceFactory.create(
                            ServiceRequest.builder(
                                            "llama-3.1-70b", "b200", new Slo(2, 0.03, 95), 16)
                                    .precision("nvfp4")
                                    .build()),
                    Journal.NONE);
    private double at;

    private Round round(Desk desk, Sizes fleet) {
        at += WINDOW;
        var round = recommender.advise(steady(at, fleet.prefill(), fleet.decode(), ARRIVED), null);
        desk.conclude(round, Instant.ofEpochSecond((long) at), desk.begin());
        return round;
    }

    private String settled() {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith("ratematch_promise_settled_recommendations{"))
                .findFirst()
                .orElse("absent");
    }

    @Test
    void adviceThatSomebodyFollowsIsBooked() throws Exception {
        var vertx = Vertx.vertx();
        try (var desk = new Desk(vertx, registry, null)) {
            var one = new Sizes(1, 1);
            round(desk, one);
            var wanted = Objects.requireNonNull(round(desk, one).cycle().end());
            assertThat(wanted).isNotEqualTo(one);
            assertThat(settled()).endsWith(" 0.0");
            for (int window = 0; window < 3; window++) {
                round(desk, wanted);
            }
            assertThat(settled()).contains("ratematcher=\"recommend\"").endsWith(" 1.0");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }
}
