package dev.ratematch.k8s.telemetry;

import dev.ratematch.controller.host.EngineTelemetry;
import dev.ratematch.controller.host.Fleet;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
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
                var seen = alone(answer, role, catalogue);
                if (seen.runningRequests().known()) {
                    double requests =
                            seen.runningRequests().orElse(0) + seen.queuedRequests().orElse(0);
                    loads.put(
                            answer.target().pod(),
                            new PodLoad(requests, seen.kvUsed().orElse(Double.NaN)));
                }
            }
        }
        return loads;
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
