package dev.ratematch.harness.exposition;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.plant.Clients;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.plant.EngineId;
import dev.ratematch.harness.plant.EngineObserver;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.RequestObserver;
import dev.ratematch.harness.plant.ServingPod;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A cluster with the metrics that its engines and its frontend count. Scraping it changes nothing
/// in it.
public final class ExposedCluster {

    private static final String MODEL = "simulated";

    private final Dialect dialect;
    private final EnginePage page;
    private final FrontendMetrics frontend;
    private final Map<EngineId, EngineMetrics> engines = new HashMap<>();
    private final Cluster cluster;

    /// Prepares a cluster that speaks as the judge's do.
    public ExposedCluster(PlantSettings settings, Trace trace) {
        this(settings, trace, Dialect.DEFAULT);
    }

    /// The same with other engines' metrics.
    public ExposedCluster(PlantSettings settings, Trace trace, Dialect dialect) {
        this(settings, trace, Clients.PATIENT, dialect);
    }

    /// The same with clients of another kind.
    public ExposedCluster(PlantSettings settings, Trace trace, Clients clients, Dialect dialect) {
        this.dialect = dialect;
        this.page = EnginePage.of(dialect.engine());
        this.frontend = new FrontendMetrics(MODEL, FrontendPage.of(dialect));
        this.cluster =
                new Cluster(
                        settings, trace, clients, dialect.decodeChoice(), frontend, this::metrics);
    }

    /// One that counts nothing, for those who do not scrape it; its pages are those of an engine
    /// that has done nothing.
    public static ExposedCluster mute(PlantSettings settings, Trace trace, Clients clients) {
        return new ExposedCluster(settings, trace, clients);
    }

    private ExposedCluster(PlantSettings settings, Trace trace, Clients clients) {
        this.dialect = Dialect.DEFAULT;
        this.page = EnginePage.of(dialect.engine());
        this.frontend = new FrontendMetrics(MODEL, FrontendPage.of(dialect));
        this.cluster =
                new Cluster(
                        settings,
                        trace,
                        clients,
                        dialect.decodeChoice(),
                        RequestObserver.NONE,
                        _ -> EngineObserver.NONE);
    }

    private EngineMetrics metrics(EngineId engine) {
        return engines.computeIfAbsent(engine, id -> new EngineMetrics(MODEL, id, page));
    }

    /// Every counter of every engine begins at zero again, as after a restart that loses nothing
    /// else; the frontend goes on.
    public void resetCounters() {
        engines.values().forEach(EngineMetrics::reset);
    }

    /// What is scraped here.
    public Cluster cluster() {
        return cluster;
    }

    /// Whose metrics it exposes.
    public Dialect dialect() {
        return dialect;
    }

    /// Hands the `/metrics` body of every ready or draining replica of a role to `reader`, by pod.
    public void scrape(Role role, BiConsumer<String, String> reader) {
        for (var pod : cluster.serving(role)) {
            reader.accept(pod.name(), render(pod));
        }
    }

    /// The `/metrics` body of one pod, null when it serves none now.
    public @Nullable String scrape(String podName) {
        var pod = cluster.serving(podName);
        return pod == null ? null : render(pod);
    }

    private String render(ServingPod pod) {
        return page.render(metrics(pod.engine()), pod.state());
    }

    /// The `/metrics` body of the frontend; that of Dynamo where there is none.
    public String scrapeFrontend() {
        var workers = new ArrayList<ServingPod>();
        for (var role : Role.values()) {
            workers.addAll(cluster.serving(role));
        }
        return frontend.render(
                new FrontendMetrics.Behind(cluster.inside(), cluster.beforeFirstToken(), workers));
    }
}
