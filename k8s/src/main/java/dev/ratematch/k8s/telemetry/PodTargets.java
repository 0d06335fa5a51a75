package dev.ratematch.k8s.telemetry;

import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.k8s.api.RateMatcherSpec.ScrapeSpec;
import dev.ratematch.k8s.fleet.Replica;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The metrics endpoints of pods. Pure.
public final class PodTargets {

    private static final int PORT = 8000;
    private static final String PATH = "/metrics";

    private PodTargets() {}

    /// One target per replica that can answer: its first pod, on a node and with an address.
    public static List<Target> of(
            Source source, List<Replica> replicas, @Nullable ScrapeSpec scrape) {
        return replicas.stream()
                .filter(PodTargets::answers)
                .map(r -> target(source, r.leader(), scrape))
                .toList();
    }

    private static boolean answers(Replica replica) {
        return switch (replica.state()) {
            case READY, DRAINING, SWITCHING, TERMINATING -> hasAddress(replica.leader());
            case STARTING, PENDING, FAILED -> false;
        };
    }

    private static boolean hasAddress(Pod pod) {
        return pod.getStatus() != null && pod.getStatus().getPodIP() != null;
    }

    private static Target target(Source source, Pod pod, @Nullable ScrapeSpec scrape) {
        int port = scrape == null || scrape.port() == null ? PORT : scrape.port();
        String path = scrape == null || scrape.path() == null ? PATH : scrape.path();
        String ip = pod.getStatus().getPodIP();
        String host = ip.contains(":") ? "[" + ip + "]" : ip;
        return new Target(
                source,
                pod.getMetadata().getName(),
                "http://%s:%d%s".formatted(host, port, path.startsWith("/") ? path : "/" + path));
    }
}
