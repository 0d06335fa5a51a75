package dev.ratematch.cli.live;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.host.PodTelemetry;
import dev.ratematch.controller.host.PrometheusTelemetry;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Kind;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import dev.ratematch.controller.telemetry.prometheus.RewoundSource;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The open source. Only ever reads: `GET` of the pods' metrics, or the query API of a Prometheus.
final class LiveSource implements AutoCloseable {

    private static final long CLOSE_SECONDS = 10;

    /// Counts are those of the pods that are seen, and nothing is ever scaled.
    private static final Fleet NOBODYS =
            new Fleet() {
                @Override
                public FleetCounts counts(Role role) {
                    return FleetCounts.steady(0);
                }

                @Override
                public void scale(Role role, int replicas) {
                    throw new UnsupportedOperationException("Only a recommendation is given.");
                }
            };

    private final SourceOptions options;
    private final Vertx vertx;
    private final @Nullable Scraper scraper;
    private final @Nullable PrometheusClient prometheus;
    private double secondsBack;

    /// Opens what the options name.
    LiveSource(SourceOptions options, Vertx vertx, MeterRegistry registry) {
        this.options = options;
        this.vertx = vertx;
        this.scraper = options.direct() ? new Scraper(vertx, options.timeout()) : null;
        this.prometheus =
                options.direct()
                        ? null
                        : new PrometheusClient(vertx, "prometheus", options.settings(), registry);
    }

    /// For people.
    String title() {
        return options.direct()
                ? "%d pods, scraped directly".formatted(options.targets().size())
                : "Prometheus at " + options.settings().url();
    }

    /// Telemetry of the pods, without counts of the cluster's.
    PodTelemetry telemetry(double percentile, double windowSeconds) {
        if (scraper != null) {
            return new EngineTelemetry(
                    scraper,
                    options::targets,
                    NOBODYS,
                    percentile,
                    windowSeconds,
                    options.catalogue());
        }
        return new PrometheusTelemetry(
                new RewoundSource(asked(), () -> secondsBack),
                options.selectors(),
                NOBODYS,
                percentile,
                windowSeconds,
                options.catalogue());
    }

    /// Looks at the past of a Prometheus from now on, so long ago; 0 for the present.
    void rewind(double seconds) {
        secondsBack = seconds;
    }

    private PrometheusSource asked() {
        if (prometheus == null) {
            throw new IllegalStateException("There is no Prometheus to ask.");
        }
        return prometheus;
    }

    /// Why nothing can be read at all, and what to do about it; empty when all is well. Pods that
    /// are scraped directly are looked at one by one instead.
    List<String> problems() {
        if (prometheus == null) {
            return List.of();
        }
        if (asked().time() instanceof Failed failed) {
            return List.of(failed.why() + "." + hint(failed.kind()));
        }
        double now = now();
        var labels = new Labels(asked(), now);
        if (options.unselected()) {
            return labels.engines().isEmpty() ? List.of(empty(now)) : List.of();
        }
        var unfound = new ArrayList<String>();
        var selectors = options.selectors();
        for (var source : Source.values()) {
            if (!selectors.of(source).isEmpty()) {
                problem(selectors, source, now).ifPresent(unfound::add);
            }
        }
        if (unfound.isEmpty()) {
            return List.of();
        }
        return labels.any() ? withLabels(unfound, labels.engines()) : List.of(empty(now));
    }

    private static List<String> withLabels(List<String> unfound, List<String> engines) {
        var all = new ArrayList<>(unfound);
        all.add(
                engines.isEmpty()
                        ? "No target of this Prometheus exposes an engine's metrics; let it scrape"
                                + " the engines' ports, or ask the one that does."
                        : "Pods with an engine's metrics have these labels:");
        engines.forEach(line -> all.add("  " + line));
        return all;
    }

    private double now() {
        return asked().time() instanceof Found(var series)
                ? series.getFirst().values()[0]
                : Double.NaN;
    }

    private String empty(double now) {
        boolean any = new Labels(asked(), now).any();
        return any
                ? "%s answers, but no target of it exposes an engine's metrics; let it scrape the"
                                .formatted(options.settings().url())
                        + " engines' ports, or give the URL of the one that does."
                : "%s answers, but it is empty: no target was scraped in the last five minutes. Look"
                                .formatted(options.settings().url())
                        + " at its targets page; it may have just started, scrape nothing, or not"
                        + " be the one that scrapes the engines.";
    }

    private Optional<String> problem(Selectors selectors, Source source, double now) {
        String matchers = selectors.of(source);
        return switch (asked().query("count({%s})".formatted(matchers), now)) {
            case Failed(Kind kind, String why) ->
                    Optional.of(
                            "--%s-selector (%s): %s.%s"
                                    .formatted(source.label(), matchers, why, hint(kind)));
            case Found(var series) ->
                    series.isEmpty()
                            ? Optional.of(
                                    "--%s-selector (%s) finds no series that is younger than five"
                                                    .formatted(source.label(), matchers)
                                            + " minutes; give labels that the targets page of"
                                            + " Prometheus shows for these pods.")
                            : Optional.empty();
        };
    }

    /// The pods that expose an engine's metrics, by their labels, one line each.
    List<String> engines() {
        return new Labels(asked(), now()).engines();
    }

    /// Which option to reach for.
    private static String hint(Kind kind) {
        return switch (kind) {
            case UNAUTHORIZED -> " Give it with --bearer-token-file.";
            case UNTRUSTED -> " The CA goes into --ca-file.";
            case LATE -> " Give it longer with --timeout.";
            case UNREACHABLE, NO_PROMETHEUS, LEFT_ALONE ->
                    " --prometheus takes the root of its web interface, such as"
                            + " http://localhost:9090.";
            case REFUSED -> " Selectors are PromQL label matchers, such as pod=~\"prefill-.*\".";
            case BUSY, PARTIAL, TOO_LARGE -> "";
        };
    }

    @Override
    public void close() {
        if (scraper != null) {
            scraper.close();
        }
        if (prometheus != null) {
            prometheus.close();
        }
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException _) {
            // Nothing is lost: only reads were under way.
        }
    }
}
