package dev.ratematch.controller.host;

import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.Map;
import java.util.TreeMap;

/// Telemetry of a host that has no rights on the cluster: replicas are the pods that are seen. A
/// pod that answers is ready, one that is listed and does not is starting, and both are desired.
/// What is not scheduled yet, drains or has failed cannot be told and is Unknown.
///
/// Several ports of one pod are one replica, and so are the pods of one group. Where groups cannot
/// be told, the count must be given.
public final class SeenReplicas implements Telemetry {

    private final PodTelemetry pods;
    private final Map<Source, Integer> given;

    /// The same observations with replicas as they are seen.
    ///
    /// @param given replicas that are known from elsewhere and not counted
    public SeenReplicas(PodTelemetry pods, Map<Source, Integer> given) {
        this.pods = pods;
        this.given = Map.copyOf(given);
    }

    @Override
    public Snapshot observe(double atSeconds) {
        return counted(pods.observe(atSeconds));
    }

    /// The same look with replicas as they are seen.
    public Snapshot counted(Snapshot seen) {
        return new Snapshot(
                seen.atSeconds(),
                seen.windowSeconds(),
                counted(seen.prefill(), Source.PREFILL),
                counted(seen.decode(), Source.DECODE),
                seen.traffic(),
                seen.warnings());
    }

    private PoolReading counted(PoolReading pool, Source source) {
        var answers = new TreeMap<String, Boolean>();
        for (var pod : pods.pods(source)) {
            answers.merge(pod.replica(), pod.error().isEmpty(), Boolean::logicalOr);
        }
        int ready = (int) answers.values().stream().filter(answering -> answering).count();
        var fixed = given.get(source);
        var unseen =
                new Reading.Unknown(
                        "only the cluster's own API can tell this, and it is not asked");
        if (fixed == null && answers.isEmpty()) {
            var none = new Reading.Unknown("no %s pod is seen".formatted(source.label()));
            return pool(pool, none, none, none, unseen);
        }
        int desired = fixed == null ? answers.size() : fixed;
        int now = fixed == null ? ready : fixed;
        return pool(
                pool,
                Reading.of(desired),
                Reading.of(now),
                Reading.of(Math.max(0, desired - now)),
                unseen);
    }

    private static PoolReading pool(
            PoolReading pool, Reading desired, Reading ready, Reading starting, Reading unseen) {
        return new PoolReading(
                desired,
                ready,
                starting,
                unseen,
                unseen,
                unseen,
                pool.queuedRequests(),
                pool.queuedTokens(),
                pool.runningRequests(),
                pool.waitingForKv(),
                pool.kvUsed(),
                pool.kvCapacityTokens(),
                pool.occupancy(),
                pool.switching());
    }
}
