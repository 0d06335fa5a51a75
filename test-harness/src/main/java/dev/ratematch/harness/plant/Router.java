package dev.ratematch.harness.plant;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Chooses a ready replica for a request.
final class Router {

    private final PlantSettings.Router kind;
    private final Turn prefillTurn = new Turn();
    private final Turn decodeTurn = new Turn();

    Router(PlantSettings.Router kind) {
        this.kind = kind;
    }

    /// The prefill replica for a request, null when none is ready.
    @Nullable PrefillReplica prefill(List<Pod> pods, Job job) {
        return switch (kind) {
            case ROUND_ROBIN -> (PrefillReplica) prefillTurn.next(pods);
            case LEAST_LOADED -> idlestPrefill(pods);
            case PREFIX_AWARE -> byPrefix(pods, job);
        };
    }

    /// The decode replica for a request, null when none is ready.
    @Nullable DecodeReplica decode(List<Pod> pods) {
        return kind == PlantSettings.Router.ROUND_ROBIN
                ? (DecodeReplica) decodeTurn.next(pods)
                : idlestDecode(pods);
    }

    /// Whose turn it is in one pool.
    private static final class Turn {
        private int next;

        @Nullable Replica next(List<Pod> pods) {
            for (int i = 0; i < pods.size(); i++) {
                var pod = pods.get(Math.floorMod(next++, pods.size()));
                if (pod.phase == Pod.Phase.READY) {
                    return pod.replica;
                }
            }
            return null;
        }
    }

    // One method a role: each request asks each replica, and this way the call is a direct one.

    private static @Nullable PrefillReplica idlestPrefill(List<Pod> pods) {
        PrefillReplica best = null;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < pods.size() && least > 0; i++) {
            var pod = pods.get(i);
            if (pod.phase == Pod.Phase.READY && pod.replica instanceof PrefillReplica replica) {
                double pressure = replica.pressure();
                if (pressure < least) {
                    least = pressure;
                    best = replica;
                }
            }
        }
        return best;
    }

    private static @Nullable DecodeReplica idlestDecode(List<Pod> pods) {
        DecodeReplica best = null;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < pods.size() && least > 0; i++) {
            var pod = pods.get(i);
            if (pod.phase == Pod.Phase.READY && pod.replica instanceof DecodeReplica replica) {
                double pressure = replica.pressure();
                if (pressure < least) {
                    least = pressure;
                    best = replica;
                }
            }
        }
        return best;
    }

    private static @Nullable PrefillReplica byPrefix(List<Pod> pods, Job job) {
        var idlest = idlestPrefill(pods);
        if (idlest == null) {
            return null;
        }
        double least = idlest.pressure();
        PrefillReplica best = null;
        double lowest = Double.POSITIVE_INFINITY;
        for (var pod : pods) {
            if (pod.phase == Pod.Phase.READY && pod.replica instanceof PrefillReplica replica) {
                double cost = replica.costFor(job, least);
                if (cost < lowest) {
                    lowest = cost;
                    best = replica;
                }
            }
        }
        return best;
    }
}
