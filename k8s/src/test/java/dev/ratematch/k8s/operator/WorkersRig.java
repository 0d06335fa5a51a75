package dev.ratematch.k8s.operator;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus.SwitchStatus;
import dev.ratematch.k8s.telemetry.PodTargets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A session on workers of one target, in memory, at a clock of its own.
final class WorkersRig {

    static final int GPUS = 6;

    /// Requests per second that one decode instance cannot carry.
    static final double MANY = 90;

    final FakeCluster cluster = new FakeCluster();
    Instant now = Instant.parse("2026-11-01T00:00:00Z");
    double rate = MANY;
    private Session session = session();

    private Session session() {
        return cluster.session(
                (_, _, pools, _, _) -> reader(pools), Reads.Background.NONE, matcher("Auto"));
    }

    /// Traffic as the test says, and of each pod what its engine has to do.
    private Sources.Reader reader(SeenPools pools) {
        var reads = Looks.reader(pools, () -> rate);
        var engines =
                new EngineTelemetry(
                        cluster.fetcher(),
                        () ->
                                Stream.of(Role.values())
                                        .flatMap(role -> targets(pools, role).stream())
                                        .toList(),
                        pools,
                        95,
                        Looks.WINDOW,
                        Catalogue.shipped());
        return new Sources.Reader(
                at -> {
                    var _ = engines.observe(at);
                    return reads.telemetry().observe(at);
                },
                engines::detected,
                engines::pods);
    }

    private static List<Target> targets(SeenPools pools, Role role) {
        return PodTargets.of(Sources.source(role), pools.replicas(role), null);
    }

    /// Workers that serve.
    WorkersRig deployed(int prefill, int decode) {
        cluster.workers("workers", prefill, decode);
        return this;
    }

    static String yaml(String mode) {
        return Manifests.workersMatcher(mode, GPUS, "sglang")
                .replace("interval: 1s", "interval: 30s")
                .replace("leadTime: 2s", "leadTime: 5m");
    }

    static RateMatcher matcher(String mode) {
        return Looks.matcher(yaml(mode));
    }

    /// Runs every second for so long, or until what is awaited.
    void run(RateMatcher matcher, int seconds) {
        for (int i = 0; i < seconds; i++) {
            var _ = session.run(matcher, now);
            now = now.plus(Duration.ofSeconds(1));
        }
    }

    void run(String mode, int seconds) {
        run(matcher(mode), seconds);
    }

    /// Another process takes over, which finds what this one left.
    RateMatcher restarted(String mode) {
        var next = matcher(mode);
        next.setStatus(cluster.status());
        session = session();
        return next;
    }

    Condition condition(String type) {
        return Objects.requireNonNull(Standing.last(cluster.status(), type), type);
    }

    List<SwitchStatus> open() {
        var switches = cluster.status().switches();
        return switches == null || switches.open() == null ? List.of() : switches.open();
    }

    /// Role labels of all instances, in order; `-` for none.
    String roles() {
        var text = new StringBuilder();
        for (int i = 0; i < GPUS; i++) {
            @Nullable String role = cluster.role("workers-" + i);
            text.append(role == null ? "-" : role.substring(0, 1));
        }
        return text.toString();
    }
}
