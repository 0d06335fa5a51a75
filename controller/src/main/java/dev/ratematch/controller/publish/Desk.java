package dev.ratematch.controller.publish;

import dev.ratematch.controller.advice.Round;
import dev.ratematch.controller.advice.Shown;
import dev.ratematch.controller.ledger.LiveLedger;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Where recommendations are laid out for whoever scales by metrics.
public final class Desk implements AutoCloseable {

    /// There is no resource in a cluster that they would be named after.
    private static final String NAMESPACE = "";

    private static final String NAME = "recommend";

    private final Recommendations recommendations = new Recommendations();
    private final RecommendationMetrics metrics;
    private final PrometheusMeterRegistry registry;
    private final CycleBoard cycles;
    private final LiveLedger ledger = new LiveLedger();
    private final @Nullable HttpEndpoints http;

    /// A desk on somebody's event loops.
    ///
    /// @param port to serve `/metrics` on; null for none
    public Desk(Vertx vertx, PrometheusMeterRegistry registry, @Nullable Integer port) {
        this(vertx, registry, port, ConsolePort.NONE);
    }

    /// The same with a console on the port.
    public Desk(
            Vertx vertx,
            PrometheusMeterRegistry registry,
            @Nullable Integer port,
            ConsolePort console) {
        this.registry = registry;
        this.metrics = RecommendationMetrics.bind(recommendations, registry, Clock.systemUTC());
        this.cycles = new CycleBoard(new CycleMetrics(registry), console);
        this.http =
                port == null
                        ? null
                        : new HttpEndpoints(
                                vertx,
                                port,
                                registry,
                                () -> true,
                                () -> recommendations.find(NAMESPACE, NAME).isPresent(),
                                console);
    }

    /// Shows whether the journal that was asked for is still written.
    public void journal(BooleanSupplier writing) {
        JournalMetric.bind(registry, NAMESPACE, NAME, writing);
    }

    /// The port that is listened on; negative for none.
    public int port() {
        return http == null ? -1 : http.port();
    }

    /// A running cycle.
    public Timer.Sample begin() {
        return cycles.begin();
    }

    /// Lays out what one cycle concluded.
    ///
    /// @param began from `begin`
    public void conclude(Round round, Instant at, Timer.Sample began) {
        recommendations.conclude(NAMESPACE, NAME, round.cycle(), at);
        var record = ledger.cycle(round.service(), round.cycle());
        cycles.conclude(NAMESPACE, NAME, round.service(), round.cycle(), record, began);
    }

    /// The last good counts, for people; null before the first.
    public @Nullable String last(Instant now) {
        return recommendations
                .find(NAMESPACE, NAME)
                .map(
                        r ->
                                "The last good answer stands: %dP%dD, %s old."
                                        .formatted(
                                                r.prefillEnd(),
                                                r.decodeEnd(),
                                                Shown.seconds(
                                                        (now.toEpochMilli() - r.at().toEpochMilli())
                                                                / 1e3)))
                .orElse(null);
    }

    @Override
    public void close() {
        metrics.close();
        cycles.close();
        if (http != null) {
            http.close();
        }
    }
}
