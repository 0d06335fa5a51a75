package dev.ratematch.cli.live;

import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.ControlLoop;
import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.host.Orders;
import dev.ratematch.controller.ledger.LiveLedger;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.publish.CycleMetrics;
import dev.ratematch.controller.publish.HttpEndpoints;
import dev.ratematch.controller.publish.RecommendationMetrics;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.roleswitch.Result;
import dev.ratematch.controller.roleswitch.Spent;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.judge.InProcess;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Instant;

/// A controller that scales a simulated cluster, and publishes as the operator does. A cycle is
/// fifteen seconds of the cluster's time, whenever it is asked for; the first ones find far too few
/// decode replicas.
final class Acting implements AutoCloseable {

    static final String NAMESPACE = "ml";
    static final String NAME = "chat";

    private static final double CYCLE_SECONDS = 15;
    private static final double NANOS = 1e9;

    private final Service service = service();
    private final ExposedCluster exposed = Town.cluster(2, 1);
    private final InProcess host = new InProcess(exposed);
    private final EngineTelemetry telemetry =
            new EngineTelemetry(
                    host, host::targets, host, service.spec().slo().percentile(), CYCLE_SECONDS);
    private final ControlLoop loop = ControlLoop.of(service, State.INITIAL, host, Journal.NONE);
    private final Recommendations recommendations = new Recommendations();
    private final LiveLedger ledger = new LiveLedger();
    private final RecommendationMetrics desired;
    private final CycleMetrics cycles;
    private final HttpEndpoints http;
    private double at;

    Acting(Vertx vertx) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.cycles = new CycleMetrics(registry);
        this.desired =
                RecommendationMetrics.bind(
                        recommendations, registry, () -> Instant.ofEpochSecond((long) at));
        this.http = new HttpEndpoints(vertx, 0, registry, () -> true, () -> true);
    }

    /// The one of `Town`, with the promise that its decode pool cannot keep.
    private static Service service() {
        var tp2 = PoolRequest.spread("tp2");
        return ServiceFactory.create(
                ServiceRequest.builder("llama-3.1-70b", "b200", new Slo(2, 0.012, 95), 16)
                        .precision("nvfp4")
                        .pools(tp2, tp2)
                        .build());
    }

    int port() {
        return http.port();
    }

    /// The cluster's time.
    double atSeconds() {
        return at;
    }

    void cycle() {
        at += CYCLE_SECONDS;
        exposed.cluster().runUntil((long) (at * NANOS));
        var began = cycles.begin();
        var cycle = loop.cycle(telemetry, at, Orders.CONTROL);
        recommendations.conclude(NAMESPACE, NAME, cycle, Instant.ofEpochSecond((long) at));
        cycles.conclude(NAMESPACE, NAME, cycle, ledger.cycle(service, cycle), began);
        // As an operator has them whose workers switch roles.
        cycles.switched(NAMESPACE, NAME, Result.SWITCHED, new Spent(1, 12, 3, 1, 0));
        cycles.away(NAMESPACE, NAME, 0, 180);
    }

    @Override
    public void close() {
        http.close();
        desired.close();
        cycles.close();
    }
}
