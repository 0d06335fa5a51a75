package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import dev.ratematch.k8s.api.RateMatcher;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator as one process: watches, sessions, endpoints.
public final class RatematchOperator implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RatematchOperator.class);

    /// Lease times of client-go's own defaults: a dead leader is followed within 15 s + 2 s.
    private static final Duration LEASE = Duration.ofSeconds(15);

    private static final Duration RENEW = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final String LEASE_NAME = "ratematch-operator";

    private final Vertx vertx = Vertx.vertx();
    private final Scraper scraper;
    private final Operator operator;
    private final HttpEndpoints http;
    private volatile boolean started;

    /// An operator that has not started. It closes the client when it is closed.
    public RatematchOperator(KubernetesClient client, OperatorSettings settings) {
        this.scraper = new Scraper(vertx, settings.scrapeTimeout());
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var world =
                new World(
                        client,
                        scraper,
                        prometheus ->
                                new PrometheusClient(
                                        vertx,
                                        prometheus.url().getAuthority(),
                                        prometheus,
                                        registry),
                        settings.identity());
        this.operator = new Operator(o -> configure(o, client, settings));
        var reconciler =
                new RateMatcherReconciler(
                        world,
                        new Publishing(),
                        (namespace, name) -> LOG.info("{}/{} is gone", namespace, name),
                        Clock.systemUTC(),
                        settings.clusterWide());
        operator.register(reconciler, o -> watch(o.withName("ratematcher"), settings));
        if (settings.clusterWide()) {
            operator.register(new GpuPoolReconciler(), o -> o.withName("gpupool"));
        }
        this.http =
                new HttpEndpoints(
                        vertx,
                        settings.httpPort(),
                        registry,
                        () -> !started || operator.getRuntimeInfo().allEventSourcesAreHealthy(),
                        () -> started);
    }

    private static void configure(
            ConfigurationServiceOverrider o, KubernetesClient client, OperatorSettings settings) {
        o.withKubernetesClient(client)
                .withCloseClientOnStop(true)
                .withConcurrentReconciliationThreads(settings.threads())
                .withReconciliationTerminationTimeout(STOP)
                .withUseSSAToPatchPrimaryResource(true);
        if (settings.leaseNamespace() != null) {
            o.withLeaderElectionConfiguration(
                    LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE_NAME)
                            .withLeaseNamespace(settings.leaseNamespace())
                            .withIdentity(settings.identity())
                            .withLeaseDuration(LEASE)
                            .withRenewDeadline(RENEW)
                            .withRetryPeriod(RETRY)
                            .build());
        }
    }

    private static void watch(
            ControllerConfigurationOverrider<RateMatcher> o, OperatorSettings settings) {
        o.withTriggerReconcilerOnAllEvents(true)
                .withRetry(
                        new GenericRetry()
                                .setInitialInterval(1000)
                                .setIntervalMultiplier(2)
                                .setMaxInterval(60_000)
                                .setMaxAttempts(Integer.MAX_VALUE));
        if (settings.clusterWide()) {
            o.watchingAllNamespaces();
        } else {
            o.settingNamespaces(settings.namespaces());
        }
    }

    /// Starts; returns when the watches are up, or when this process waits to become the leader.
    public void start() {
        operator.start();
        started = true;
        LOG.info("Watching; metrics and probes on port {}", http.port());
    }

    /// The port of the HTTP endpoints.
    public int httpPort() {
        return http.port();
    }

    @Override
    public void close() {
        operator.stop();
        http.close();
        scraper.close();
        vertx.close();
    }

    /// Keeps what was recommended for whoever follows it.
    private static final class Publishing implements Session.Publisher {

        @Override
        public void publish(RateMatcher matcher, Step step, Instant at) {
            LOG.debug("{}: {}", matcher.getMetadata().getName(), step.explanation().text());
        }

        @Override
        public void stale(RateMatcher matcher, String why) {
            LOG.debug("{}: {}", matcher.getMetadata().getName(), why);
        }
    }
}
