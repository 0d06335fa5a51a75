package dev.ratematch.k8s.operator;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.PrometheusTelemetry;
import dev.ratematch.controller.host.Telemetry;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.k8s.api.PrometheusSpec;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.ScrapeSpec;
import dev.ratematch.k8s.fleet.PodLoad;
import dev.ratematch.k8s.fleet.Replica;
import dev.ratematch.k8s.fleet.TargetClient;
import dev.ratematch.k8s.telemetry.PodLoads;
import dev.ratematch.k8s.telemetry.PodTargets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which telemetry a RateMatcher gets.
final class Sources {

    private static final int PROMETHEUS_PORT = 9090;

    /// A window must hold two scrapes of a Prometheus, which are up to half a minute apart.
    private static final double PROMETHEUS_WINDOW = 60;

    private Sources() {}

    /// For the status.
    static String title(RateMatcherSpec spec) {
        var prometheus = spec.telemetry() == null ? null : spec.telemetry().prometheus();
        return prometheus == null ? "scraping pods" : "prometheus";
    }

    static Source source(Role role) {
        return role == Role.PREFILL ? Source.PREFILL : Source.DECODE;
    }

    /// The engines that are expected.
    ///
    /// @throws RefusedException when the engine's name is none that is known
    static Catalogue catalogue(RateMatcherSpec spec) {
        String engine = spec.telemetry() == null ? null : spec.telemetry().engine();
        try {
            return Catalogue.shipped().engine(engine == null ? Catalogue.AUTO : engine);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("SpecInvalid", "spec.telemetry." + e.getMessage());
        }
    }

    /// Telemetry, and what it found of each pod. Read by one thread at a time, which need not be
    /// the session's.
    ///
    /// @param detected what each pod speaks
    /// @param pods what each pod of a kind answered last
    record Reader(
            Telemetry telemetry,
            Supplier<Map<String, Detection>> detected,
            Function<Source, List<PodScrape>> pods) {

        /// What each pod of a pool has to do.
        Map<Role, Map<String, PodLoad>> loads() {
            Map<Role, Map<String, PodLoad>> loads = new EnumMap<>(Role.class);
            for (var role : Role.values()) {
                loads.put(role, PodLoads.of(role, pods.apply(source(role))));
            }
            return loads;
        }

        /// The pods that were asked last and did not answer.
        Set<String> silent() {
            return Arrays.stream(Role.values())
                    .flatMap(role -> pods.apply(source(role)).stream())
                    .filter(pod -> pod.scrape() == null)
                    .map(PodScrape::pod)
                    .collect(Collectors.toSet());
        }

        /// The engine that the pods of a pool are found to be, by the cost model's name; null while
        /// none is known. Of a mixed fleet the one that comes first by pod.
        @Nullable String engine() {
            return Detection.engine(detected.get().values()).orElse(null);
        }
    }

    /// Makes the telemetry of a RateMatcher.
    @FunctionalInterface
    interface Readers {

        /// @throws RefusedException when what the spec names cannot be used
        Reader reader(
                RateMatcher matcher,
                RateMatcherSpec spec,
                SeenPools fleet,
                double percentile,
                double intervalSeconds);
    }

    static Reader reader(
            ClusterView cluster,
            RateMatcher matcher,
            RateMatcherSpec spec,
            SeenPools fleet,
            double percentile,
            double intervalSeconds) {
        var telemetry = spec.telemetry();
        String namespace = matcher.getMetadata().getNamespace();
        var prometheus = telemetry == null ? null : telemetry.prometheus();
        if (prometheus != null) {
            var selectors = selectors(namespace, spec, prometheus);
            var read =
                    new PrometheusTelemetry(
                            cluster.prometheus(
                                    new Credentials(cluster, namespace)
                                            .settings(url(namespace, prometheus), prometheus)),
                            selectors,
                            fleet,
                            percentile,
                            Math.max(PROMETHEUS_WINDOW, intervalSeconds),
                            catalogue(spec));
            return new Reader(read, read::detected, read::pods);
        }
        var scrape = telemetry == null ? null : telemetry.scrape();
        var read =
                new EngineTelemetry(
                        cluster.fetcher(),
                        () -> targets(cluster, namespace, fleet, scrape),
                        fleet,
                        percentile,
                        intervalSeconds,
                        catalogue(spec));
        return new Reader(read, read::detected, read::pods);
    }

    private static String url(String namespace, PrometheusSpec prometheus) {
        var service = prometheus.serviceRef();
        if (prometheus.url() != null) {
            return prometheus.url();
        }
        if (service == null) {
            throw new RefusedException(
                    "SpecInvalid", "spec.telemetry.prometheus needs either url or serviceRef.");
        }
        return "%s://%s.%s.svc:%d"
                .formatted(
                        service.scheme() == null ? "http" : service.scheme(),
                        service.name(),
                        service.namespace() == null ? namespace : service.namespace(),
                        service.port() == null ? PROMETHEUS_PORT : service.port());
    }

    private static Selectors selectors(
            String namespace, RateMatcherSpec spec, PrometheusSpec prometheus) {
        boolean told = prometheus.prefillSelector() != null && prometheus.decodeSelector() != null;
        if (spec.workers() != null && !told) {
            throw new RefusedException(
                    "SpecInvalid",
                    "spec.telemetry.prometheus.%s is missing: names of pods do not tell the roles of workers; give both selectors, by the role label as your Prometheus has it, such as llm_d_ai_role=\"prefill\"."
                            .formatted(
                                    prometheus.prefillSelector() == null
                                            ? "prefillSelector"
                                            : "decodeSelector"));
        }
        try {
            return new Selectors(
                    prometheus.prefillSelector() == null
                            ? byName(namespace, spec.prefill())
                            : prometheus.prefillSelector(),
                    prometheus.decodeSelector() == null
                            ? byName(namespace, spec.decode())
                            : prometheus.decodeSelector(),
                    prometheus.frontendSelector() == null ? "" : prometheus.frontendSelector());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(
                    "SpecInvalid", "spec.telemetry.prometheus: " + e.getMessage());
        }
    }

    /// Pods are named after what makes them: a Deployment adds the hash of its ReplicaSet and five
    /// letters, the others a number, and groups a second one.
    static String byName(String namespace, RoleSpec role) {
        var key = TargetClient.key(namespace, role.scaleTargetRef());
        String tail =
                switch (key.kind()) {
                    case "Deployment" -> "-[a-z0-9]+-[a-z0-9]+";
                    case "StatefulSet" -> "-[0-9]+";
                    default -> "-.+";
                };
        return "namespace=\"%s\",pod=~\"%s%s\"".formatted(namespace, key.name(), tail);
    }

    private static List<Target> targets(
            ClusterView cluster, String namespace, SeenPools fleet, @Nullable ScrapeSpec scrape) {
        var all = new ArrayList<Target>();
        for (var role : Role.values()) {
            all.addAll(PodTargets.of(source(role), fleet.replicas(role), scrape));
        }
        if (scrape != null && scrape.frontendSelector() != null) {
            var pods = cluster.pods(namespace, scrape.frontendSelector());
            all.addAll(PodTargets.of(Source.FRONTEND, Replica.of(pods), scrape));
        }
        return all;
    }
}
