package dev.ratematch.k8s.operator;

import dev.ratematch.controller.publish.ConsolePort;
import dev.ratematch.controller.publish.CycleBoard;
import dev.ratematch.controller.publish.CycleMetrics;
import dev.ratematch.controller.publish.HttpEndpoints;
import dev.ratematch.controller.publish.RecommendationMetrics;
import dev.ratematch.controller.publish.Recommendations;
import dev.ratematch.controller.telemetry.prometheus.PrometheusClient;
import dev.ratematch.controller.telemetry.resilience.Limits;
import dev.ratematch.controller.telemetry.scrape.Scraper;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.scaler.ExternalScaler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator as one process: watches, sessions, endpoints.
public final class RatematchOperator implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RatematchOperator.class);

    /// A dead leader is followed within 12 s + 2.2 s: the client asks for the lease every `RETRY`,
    /// drawn out at random by up to 120 %. With the 15 s and 2 s of client-go that is 19.4 s, and
    /// the first cycle of whoever follows came after the twenty that are promised.
    private static final Duration LEASE = Duration.ofSeconds(12);

    private static final Duration RENEW = Duration.ofSeconds(8);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Duration RELEASE = Duration.ofSeconds(3);

    /// How soon a standby answers with what the leader has written.
    private static final Duration STATUS_READ = Duration.ofSeconds(2);

    static final String LEASE_NAME = "ratematch-operator";

    private final KubernetesClient client;
    private final Vertx vertx = Vertx.vertx();
    private final SwitchEngines engines = new SwitchEngines(vertx);
    private final Scraper scraper;
    private final Operator operator;
    private final HttpEndpoints http;
    private final OperatorSettings settings;
    private final RecommendationMetrics metrics;
    private final CycleBoard cycles;
    private final Journals journals;
    private final World world;
    private final Recommendations recommendations = new Recommendations();
    private final Sweep sweep;
    private final Told told = new Told(recommendations);
    private @Nullable ExternalScaler scaler;
    private final Vitals vitals;
    private @Nullable SweepTimer sweeper;
    private volatile boolean started;
    private volatile boolean leading;
    private volatile boolean closing;

    /// An operator that has not started. It closes the client when it is closed.
    public RatematchOperator(KubernetesClient client, OperatorSettings settings) {
        this(client, settings, new ApiCalls(), ConsolePort.NONE);
    }

    /// The same, with what its client asks counted.
    ///
    /// @param console served on the port of the metrics
    RatematchOperator(
            KubernetesClient client,
            OperatorSettings settings,
            ApiCalls calls,
            ConsolePort console) {
        this.client = client;
        this.settings = settings;
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        calls.countInto(registry);
        this.vitals = new Vitals(registry, () -> leading);
        var queue = new WorkQueue(registry);
        this.scraper =
                new Scraper(
                        vertx,
                        "pods",
                        Limits.PODS.timeout(settings.scrapeTimeout()),
                        Scraper.BODY_BYTES_MAX,
                        registry);
        this.journals = new Journals(settings.journal(), registry, System.out);
        this.world =
                new World(
                        client,
                        scraper,
                        prometheus ->
                                new PrometheusClient(
                                        vertx,
                                        prometheus.url().getAuthority(),
                                        prometheus,
                                        registry),
                        engines,
                        settings.identity(),
                        journals);
        this.operator = new Operator(o -> configure(o.withMetrics(queue), client, settings));
        this.cycles = new CycleBoard(new CycleMetrics(registry), console);
        var reconciler =
                new RateMatcherReconciler(
                        world, recommendations, cycles, Clock.systemUTC(), settings.clusterWide());
        this.sweep = reconciler.sweep();
        this.metrics = RecommendationMetrics.bind(recommendations, registry, Clock.systemUTC());
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
                        () -> started,
                        console);
    }

    private void configure(
            ConfigurationServiceOverrider o, KubernetesClient client, OperatorSettings settings) {
        o.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withConcurrentReconciliationThreads(settings.threads())
                .withReconciliationTerminationTimeout(STOP)
                .withUseSSAToPatchPrimaryResource(true);
        if (settings.leaseNamespace() != null) {
            o.withLeaderElectionConfiguration(election(settings.leaseNamespace()));
        }
    }

    /// The framework would end the process by System.exit when leading stops, which blocks for ever
    /// in a shut-down hook; so it is told not to, and `stopLeading` ends the process instead.
    @SuppressWarnings({"removal", "deprecation"})
    private LeaderElectionConfiguration election(String namespace) {
        return new LeaderElectionConfiguration(
                LEASE_NAME,
                namespace,
                LEASE,
                RENEW,
                RETRY,
                settings.identity(),
                new LeaderCallbacks(
                        () -> {}, this::stopLeading, leader -> LOG.info("{} leads", leader)),
                false);
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

    /// Starts; returns when the watches are up, whether this process leads or stands by.
    public void start() {
        operator.start();
        vertx.setPeriodic(1, STATUS_READ.toMillis(), _ -> told.read(world.matchers()));
        openScaler();
        if (settings.leaseNamespace() == null) {
            lead();
        }
        started = true;
        LOG.info(
                "{} watches {}; metrics and probes on port {}",
                settings.identity(),
                settings.clusterWide()
                        ? "all namespaces"
                        : String.join(", ", settings.namespaces()),
                http.port());
    }

    /// Starts, and works until the process is asked to end.
    public void serve() throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "shutdown"));
        start();
        new CountDownLatch(1).await();
    }

    private synchronized void lead() {
        leading = true;
        if (sweeper == null && !closing) {
            sweeper = new SweepTimer(sweep, Clock.systemUTC());
        }
    }

    /// Whoever stands by answers KEDA too, from what the leader wrote: a Service asks any of them.
    private synchronized void openScaler() {
        if (!closing && settings.scalerPort() >= 0) {
            try {
                scaler =
                        ExternalScaler.start(
                                new InetSocketAddress(settings.scalerPort()),
                                told.all(),
                                Clock.systemUTC());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// A leader that cannot renew its lease must not write any more, not even to the end of what it
    /// has begun: another may be leading already.
    private void stopLeading() {
        if (!closing) {
            LOG.error(
                    "The lease is lost; this process exits (1), so that there is only one leader.");
            Runtime.getRuntime().halt(1);
        }
    }

    /// The port of the HTTP endpoints.
    public int httpPort() {
        return http.port();
    }

    /// The port of KEDA's external scaler; negative while it is not open.
    public synchronized int scalerPort() {
        return scaler == null ? -1 : scaler.port();
    }

    /// Lets a successor lead at once. The framework asks for that too, while its client is being
    /// closed, and before what was under way has ended.
    private void release() {
        String namespace = settings.leaseNamespace();
        if (namespace == null) {
            return;
        }
        var lease = client.leases().inNamespace(namespace).withName(LEASE_NAME).get();
        if (lease != null && settings.identity().equals(lease.getSpec().getHolderIdentity())) {
            lease.getSpec().setHolderIdentity("");
            var _ = client.resource(lease).update();
        }
    }

    @Override
    public void close() {
        closing = true;
        synchronized (this) {
            if (sweeper != null) {
                sweeper.close();
            }
        }
        operator.stop();
        try {
            // An API server that does not answer must not keep us.
            CompletableFuture.runAsync(this::release).get(RELEASE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("The lease was not released and will expire: {}", e.toString());
        }
        client.close();
        synchronized (this) {
            if (scaler != null) {
                scaler.close();
                scaler = null;
            }
        }
        told.close();
        metrics.close();
        cycles.close();
        journals.close();
        vitals.close();
        http.close();
        scraper.close();
        engines.close();
        vertx.close();
    }
}
