package dev.ratematch.k8s.operator;

import io.fabric8.kubernetes.api.model.Node;
import org.jspecify.annotations.Nullable;

/// What is known of a node.
///
/// @param since when it is as it is, RFC 3339; null where nothing tells
record NodeHealth(State state, @Nullable String since) {

    /// Where a node stands.
    enum State {
        /// Its kubelet reports.
        READY,
        /// It says that it is not ready, or has fallen silent.
        NOT_READY,
        /// There is no such node any more.
        GONE,
        /// Nodes cannot be read.
        UNKNOWN
    }

    /// Nodes cannot be read.
    static final NodeHealth UNKNOWN = new NodeHealth(State.UNKNOWN, null);

    /// By what the API server has; null where it has none.
    static NodeHealth of(@Nullable Node node) {
        if (node == null) {
            return new NodeHealth(State.GONE, null);
        }
        var status = node.getStatus();
        var ready =
                status == null
                        ? null
                        : status.getConditions().stream()
                                .filter(c -> "Ready".equals(c.getType()))
                                .findFirst()
                                .orElse(null);
        if (ready == null) {
            return UNKNOWN;
        }
        return new NodeHealth(
                "True".equals(ready.getStatus()) ? State.READY : State.NOT_READY,
                ready.getLastTransitionTime());
    }
}
