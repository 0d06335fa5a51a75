package dev.ratematch.harness.judge;

import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.harness.exposition.Dialect;
import dev.ratematch.harness.exposition.ExposedCluster;
import dev.ratematch.harness.plant.Cluster;
import java.util.ArrayList;
import java.util.List;

/// The plant as our controller's host: its metric texts are handed over without a network, its
/// scale calls without an API server.
public final class InProcess implements Fleet, Fetcher {

    private static final String FRONTEND = "frontend";

    private final ExposedCluster exposed;
    private final Cluster cluster;
    private boolean silent;

    /// The host of that cluster.
    public InProcess(ExposedCluster exposed) {
        this.exposed = exposed;
        this.cluster = exposed.cluster();
    }

    /// Answers no scrape while true.
    public void silence(boolean none) {
        silent = none;
    }

    /// Every endpoint that serves metrics now.
    public List<Target> targets() {
        var targets = new ArrayList<Target>();
        for (var pod : cluster.podNames(Role.PREFILL)) {
            targets.add(new Target(Source.PREFILL, pod, "plant:" + pod));
        }
        for (var pod : cluster.podNames(Role.DECODE)) {
            targets.add(new Target(Source.DECODE, pod, "plant:" + pod));
        }
        if (exposed.dialect().frontend() != Dialect.Frontend.NONE) {
            targets.add(new Target(Source.FRONTEND, FRONTEND, "plant:" + FRONTEND));
        }
        return targets;
    }

    @Override
    public List<Answer> fetch(List<Target> targets) {
        return targets.stream().map(this::fetch).toList();
    }

    private Answer fetch(Target target) {
        if (silent) {
            return Answer.failed(target, "no answer");
        }
        String body =
                target.source() == Source.FRONTEND
                        ? exposed.scrapeFrontend()
                        : exposed.scrape(target.pod());
        return body == null ? Answer.failed(target, "the pod is gone") : Answer.of(target, body);
    }

    @Override
    public FleetCounts counts(Role role) {
        var fleet = cluster.fleet(role);
        return new FleetCounts(
                fleet.desired(),
                fleet.ready(),
                fleet.starting(),
                fleet.pending(),
                fleet.draining(),
                0,
                fleet.switching());
    }

    @Override
    public void scale(Role role, int replicas) {
        cluster.scale(role, replicas);
    }
}
