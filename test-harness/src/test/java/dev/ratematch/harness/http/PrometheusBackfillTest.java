package dev.ratematch.harness.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Conduct;
import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.http.PastFleet.Span;
import dev.ratematch.harness.prometheus.Backfill;
import dev.ratematch.harness.prometheus.RealPrometheus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hours of simulated clusters in the blocks of a real Prometheus: at every moment of them it tells
/// what the clusters told themselves, and the same is decided.
@Tag("prometheus")
class PrometheusBackfillTest {

    /// When the clusters begin, seconds since 1970; long past, on a boundary of blocks.
    private static final double EPOCH = 1_759_996_800;

    private static final int SECONDS = 2 * 3600;

    /// A third prefill replica is asked for then, which takes a minute or two to come.
    private static final int GROWN_AT = 1800;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        PlantServer.await(vertx.close());
    }

    @Test
    void tellsAtEveryMomentWhatWasToldThen(@TempDir Path folder) throws Exception {
        var simulated = new ArrayList<PastFleet>();
        try (var log = new Backfill(folder)) {
            for (var engine : Dialect.Engine.values()) {
                simulated.add(PastFleet.simulate(engine, new Span(EPOCH, SECONDS, GROWN_AT), log));
            }
            System.out.println(log.toBlocks());
        }
        try (var prometheus = RealPrometheus.start(folder, "");
                var client =
                        new PrometheusClient(
                                vertx,
                                "past",
                                PrometheusSettings.of(prometheus.url()),
                                new SimpleMeterRegistry())) {
            for (var each : simulated) {
                compare(each, client);
            }
        }
    }

    private static void compare(PastFleet past, PrometheusClient client) {
        var service = Shows.service();
        var controller = new Controller(service.spec(), service.laws());
        var states = new State[] {State.INITIAL, State.INITIAL};
        var resizes = new AtomicInteger();
        var same = new AtomicInteger();
        past.isToldBy(
                client,
                Same.EXACT,
                (seen, moment) -> {
                    var one = controller.step(states[0], seen, Conduct.ADVICE, null);
                    var other = controller.step(states[1], moment.snapshot(), Conduct.ADVICE, null);
                    states[0] = one.state();
                    states[1] = other.state();
                    // A store has how many ran at each scrape, a look at its own moment only, so
                    // that the OSL of what has not ended differs by half a percent: where two
                    // plans are worth the same, one goes there a few cycles before the other.
                    same.addAndGet(
                            one.decision().counts().equals(other.decision().counts()) ? 1 : 0);
                    resizes.addAndGet(one.decision() instanceof Decision.Resize ? 1 : 0);
                });
        int moments = past.moments().size() - 1;
        System.out.printf(
                "%s: the same counts at %d of %d moments, %d of them recommend a move%n",
                past.engine(), same.get(), moments, resizes.get());
        assertThat(same.get()).as("%s", past.engine()).isGreaterThanOrEqualTo(moments * 9 / 10);
        assertThat(resizes).as("%s", past.engine()).hasPositiveValue();
    }
}
