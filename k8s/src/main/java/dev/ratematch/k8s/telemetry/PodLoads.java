package dev.ratematch.k8s.telemetry;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.EngineReader;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.ScrapeHistory;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.k8s.fleet.PodLoad;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What single engines have to do, asked of themselves: a drain must not wait for a scrape
/// interval, nor trust an average. Each pod is read as a pool of one, in whatever dialect it
/// speaks.
public final class PodLoads {

    /// Any: gauges are of the moment, and latencies are not asked for.
    private static final double PERCENTILE = 95;

    private static final double WINDOW_SECONDS = 30;

    private static final Fleet ONE =
            new Fleet() {
                @Override
                public FleetCounts counts(Role role) {
                    return FleetCounts.steady(1);
                }

                @Override
                public void scale(Role role, int replicas) {
                    throw new UnsupportedOperationException("A pod is only looked at.");
                }
            };

    private PodLoads() {}

    /// The load by pod; one that does not answer, or not as an engine does, is absent.
    public static Map<String, PodLoad> of(
            Fetcher fetcher, Role role, List<Target> targets, Catalogue catalogue) {
        var loads = new HashMap<String, PodLoad>();
        for (Answer answer : fetcher.fetch(targets)) {
            if (answer.error().isEmpty()) {
                put(loads, answer.target().pod(), alone(answer, role, catalogue));
            }
        }
        return loads;
    }

    /// The same from what pods answered when metrics were read.
    public static Map<String, PodLoad> of(Role role, List<PodScrape> pods) {
        var loads = new HashMap<String, PodLoad>();
        for (var pod : pods) {
            if (pod.scrape() != null) {
                put(loads, pod.pod(), alone(pod, role));
            }
        }
        return loads;
    }

    private static void put(Map<String, PodLoad> loads, String pod, PoolReading seen) {
        if (seen.runningRequests().known()) {
            double requests = seen.runningRequests().orElse(0) + seen.queuedRequests().orElse(0);
            loads.put(pod, new PodLoad(requests, seen.kvUsed().orElse(Double.NaN)));
        }
    }

    private static PoolReading alone(PodScrape pod, Role role) {
        var prefill = history(Source.PREFILL);
        var decode = history(Source.DECODE);
        (role == Role.PREFILL ? prefill : decode).append(0, List.of(pod.scrapedAt(Double.NaN)));
        return new EngineReader(PERCENTILE, WINDOW_SECONDS)
                .read(0, prefill, decode, null, ONE.counts(role), ONE.counts(role))
                .pool(role);
    }

    private static ScrapeHistory history(Source source) {
        return new ScrapeHistory(source, WINDOW_SECONDS, WINDOW_SECONDS);
    }

    private static PoolReading alone(Answer answer, Role role, Catalogue catalogue) {
        return new EngineTelemetry(
                        targets -> List.of(answer),
                        () -> List.of(answer.target()),
                        ONE,
                        PERCENTILE,
                        WINDOW_SECONDS,
                        catalogue)
                .observe(0)
                .pool(role);
    }
}
