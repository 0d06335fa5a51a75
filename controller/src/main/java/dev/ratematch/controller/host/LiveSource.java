package dev.ratematch.controller.host;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.doctor.Patient;
import dev.ratematch.controller.telemetry.doctor.ReplicaGpus;
import dev.ratematch.controller.telemetry.doctor.ServedModel;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Kind;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSettings;
import dev.ratematch.controller.telemetry.prometheus.Queries;
import dev.ratematch.controller.telemetry.prometheus.RequestedGpus;
import dev.ratematch.controller.telemetry.prometheus.RewoundSource;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import dev.ratematch.controller.telemetry.scrape.Target;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The open source. Only ever reads: `GET` of the pods' metrics, or the query API of a Prometheus.
public final class LiveSource implements AutoCloseable {

    private static final long CLOSE_SECONDS = 10;

    /// Of a look that reads labels only: any percentile, and two scrapes of a slow Prometheus.
    private static final double SERVED_PERCENTILE = 95;

    private static final double SERVED_SECONDS = 120;

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

    /// Where to look.
    ///
    /// @param targets pods to scrape directly; empty where a Prometheus is asked
    /// @param timeout longest wait for one answer
    /// @param prometheus how to talk to it; null where pods are scraped
    /// @param selectors which series are whose; null while nobody has said
    /// @param catalogue what is understood
    public record Place(
            List<Target> targets,
            Duration timeout,
            @Nullable PrometheusSettings prometheus,
            @Nullable Selectors selectors,
            Catalogue catalogue) {

        public Place {
            targets = List.copyOf(targets);
        }

        private PrometheusSettings settings() {
            return Objects.requireNonNull(prometheus, "There is no Prometheus to query.");
        }

        private Selectors selected() {
            return Objects.requireNonNull(
                    selectors, "It is not known which series belong to which role.");
        }
    }

    private final Place place;
    private final Vertx vertx;
    private final @Nullable Scraper scraper;
    private final @Nullable PrometheusClient prometheus;
    private final @Nullable Queries queries;
    private double secondsBack;

    /// Opens a place.
    public LiveSource(Place place, Vertx vertx, MeterRegistry registry) {
        this.place = place;
        this.vertx = vertx;
        var settings = place.prometheus();
        this.scraper = settings == null ? new Scraper(vertx, place.timeout()) : null;
        this.prometheus =
                settings == null
                        ? null
                        : new PrometheusClient(vertx, "prometheus", settings, registry);
        this.queries = prometheus == null ? null : new Queries(prometheus);
    }

    /// For people.
    public String title() {
        return prometheus == null
                ? "%d pods, scraped directly".formatted(place.targets().size())
                : "Prometheus at " + place.settings().url();
    }

    /// Telemetry of the pods, without counts of the cluster's.
    public PodTelemetry telemetry(double percentile, double windowSeconds) {
        if (scraper != null) {
            return new EngineTelemetry(
                    scraper, place::targets, NOBODYS, percentile, windowSeconds, place.catalogue());
        }
        return new PrometheusTelemetry(
                new RewoundSource(Objects.requireNonNull(prometheus), () -> secondsBack),
                place.selected(),
                NOBODYS,
                percentile,
                windowSeconds,
                place.catalogue());
    }

    /// Looks at the past of a Prometheus from now on, so long ago; 0 for the present.
    public void rewind(double seconds) {
        secondsBack = seconds;
    }

    private Queries asked() {
        return Objects.requireNonNull(queries, "There is no Prometheus to query.");
    }

    /// Why nothing can be read at all, and what to do about it; empty when all is well. Pods that
    /// are scraped directly are looked at one by one instead.
    public List<String> problems() {
        if (prometheus == null) {
            return List.of();
        }
        if (asked().time() instanceof Failed failed) {
            return List.of(failed.why() + "." + hint(failed.kind()));
        }
        double now = now();
        // A store that tells only a part of it must not be called empty, nor a selector wrong.
        if (asked().targets(now) instanceof Failed failed) {
            return List.of(failed.why() + "." + hint(failed.kind()));
        }
        var labels = new Labels(asked(), now);
        if (place.selectors() == null) {
            return labels.engines().isEmpty() ? List.of(empty(now)) : List.of();
        }
        var unfound = new ArrayList<String>();
        var selectors = place.selected();
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
                        : "Pods that expose an engine's metrics have these labels:");
        engines.forEach(line -> all.add("  " + line));
        return all;
    }

    private double now() {
        return asked().time() instanceof Found(var series, _)
                ? series.getFirst().values()[0]
                : Double.NaN;
    }

    private String empty(double now) {
        boolean any = new Labels(asked(), now).any();
        return any
                ? "%s answers, but no target of it exposes an engine's metrics; let it scrape the"
                                .formatted(place.settings().url())
                        + " engines' ports, or give the URL of the one that does."
                : "%s answers, but it is empty: no target was scraped in the last five minutes. Look"
                                .formatted(place.settings().url())
                        + " at its targets page; it may have just started, scrape nothing, or not"
                        + " be the one that scrapes the engines.";
    }

    private Optional<String> problem(Selectors selectors, Source source, double now) {
        String matchers = selectors.of(source);
        return switch (asked().count(matchers, place.catalogue().names(source), now)) {
            case Failed(Kind kind, String why) ->
                    Optional.of(
                            "--%s-selector (%s): %s.%s"
                                    .formatted(source.label(), matchers, why, hint(kind)));
            case Found(var series, _) ->
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
    public List<String> engines() {
        return new Labels(asked(), now()).engines();
    }

    /// What one look tells of the service.
    ///
    /// @param model of the catalogue, where all pods' labels name one
    /// @param gpus of a replica, of the pools that tell
    public record Served(Optional<String> model, Map<Role, ReplicaGpus> gpus) {

        public Served {
            gpus = Map.copyOf(gpus);
        }
    }

    /// What the pods tell of the service that they serve, by one look.
    ///
    /// @param nowSeconds on this machine's clock
    public Served served(double nowSeconds) {
        var telemetry = telemetry(SERVED_PERCENTILE, SERVED_SECONDS);
        telemetry.observe(nowSeconds);
        var patients = patients(telemetry, nowSeconds);
        var requested =
                queries == null ? new RequestedGpus(Map.of()) : RequestedGpus.of(queries, now());
        var gpus = new EnumMap<Role, ReplicaGpus>(Role.class);
        ReplicaGpus.of(Source.PREFILL, patients, requested)
                .ifPresent(found -> gpus.put(Role.PREFILL, found));
        ReplicaGpus.of(Source.DECODE, patients, requested)
                .ifPresent(found -> gpus.put(Role.DECODE, found));
        return new Served(ServedModel.among(patients), gpus);
    }

    /// What was read of each pod, for a doctor.
    ///
    /// @param now seconds on the clock of the scrapes
    public static List<Patient> patients(PodTelemetry telemetry, double now) {
        var patients = new ArrayList<Patient>();
        var spoken = telemetry.detected();
        for (var source : Source.values()) {
            for (var pod : telemetry.pods(source)) {
                double at = pod.scrapedAtSeconds();
                patients.add(
                        new Patient(
                                source,
                                pod,
                                spoken.getOrDefault(pod.pod(), new Detection(List.of(), "")),
                                Double.isNaN(at) ? 0 : Math.max(0, now - at)));
            }
        }
        return patients;
    }

    /// Which option to reach for.
    private static String hint(Kind kind) {
        return switch (kind) {
            case UNAUTHORIZED ->
                    " Give it with --bearer-token-file, with --basic-user and"
                            + " --basic-password-file, or with --header NAME=VALUE.";
            case UNTRUSTED ->
                    " The CA goes into --ca-file; a certificate of ours into --client-cert-file and"
                            + " --client-key-file.";
            case LATE -> " Give it longer with --timeout.";
            case UNREACHABLE, NO_PROMETHEUS, LEFT_ALONE ->
                    " --prometheus takes the root of its web interface, such as"
                            + " http://localhost:9090.";
            case REFUSED -> " Selectors are PromQL label matchers, such as pod=~\"prefill-.*\".";
            case PARTIAL ->
                    " If what it warns of is not about these pods, --accept-warning TEXT takes"
                            + " answers with that warning.";
            case BUSY, TOO_LARGE -> "";
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
