package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A session on a cluster in memory, at a clock that goes on by one cycle with each run.
final class SessionRig {

    static final int GPUS = 6;

    /// Requests per second that one decode replica cannot carry.
    static final double MANY = 90;

    private static final Duration CYCLE = Duration.ofSeconds(30);

    final FakeCluster cluster = new FakeCluster();
    Instant now = Instant.parse("2026-11-01T00:00:00Z");
    double rate = MANY;

    /// What telemetry makes of the fleet.
    UnaryOperator<Snapshot> telemetry = seen -> seen;

    /// Pods that do not answer.
    final Set<String> silent = new HashSet<>();

    private Session session = session();

    private Session session() {
        return cluster.session(
                (_, _, pools, _, _) -> reader(pools), Reads.Background.NONE, matcher("Auto"));
    }

    private Sources.Reader reader(SeenPools pools) {
        var reads = Looks.reader(pools, () -> rate);
        return new Sources.Reader(
                at -> telemetry.apply(reads.telemetry().observe(at)),
                reads.detected(),
                source ->
                        silent.stream()
                                .filter(pod -> pod.startsWith(source.label()))
                                .map(pod -> PodScrape.failed(pod, "no answer"))
                                .toList());
    }

    SessionRig deployed(int prefill, int decode) {
        cluster.deploy("prefill", prefill);
        cluster.deploy("decode", decode);
        return this;
    }

    static RateMatcher matcher(String mode) {
        return Looks.matcher(
                Manifests.matcher(mode, GPUS).replace("interval: 1s", "interval: 30s"));
    }

    /// One run, and then time until the next cycle.
    void run(RateMatcher matcher) {
        try {
            var _ = session.run(matcher, now);
        } finally {
            now = now.plus(CYCLE);
        }
    }

    void run(String mode) {
        run(matcher(mode));
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
}
