package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import org.jspecify.annotations.Nullable;

/// A pod that does not serve, and why.
///
/// @param node that it is on; null where it has none
/// @param since when, RFC 3339; null where nothing tells
/// @param what is the matter, as a clause
record Trouble(
        Kind kind,
        Role role,
        String pod,
        @Nullable String node,
        @Nullable String since,
        String what) {

    /// What can be the matter, the gravest first.
    enum Kind {
        /// Its node is gone, or says nothing any more.
        NODE_LOST("NodeLost"),
        /// Its image does not come.
        IMAGE_NOT_PULLED("ImageNotPulled"),
        /// Its container ended with an error, or cannot be made.
        CONTAINER_FAILED("ContainerFailed"),
        /// No node has room for it.
        UNSCHEDULABLE("Unschedulable"),
        /// It has been starting for longer than its lead time.
        POD_STUCK("PodStuck"),
        /// It is starting, as pods do.
        STARTING("Starting");

        private final String reason;

        Kind(String reason) {
            this.reason = reason;
        }

        /// One word in CamelCase.
        String reason() {
            return reason;
        }
    }

    /// Whether somebody has to do something about it.
    boolean grave() {
        return kind != Kind.STARTING;
    }

    /// Role, pod, node, what, since when.
    String text() {
        return "%s pod %s%s: %s%s"
                .formatted(
                        role.label(),
                        pod,
                        node == null ? "" : " on node " + node,
                        what,
                        since == null ? "" : " since " + since);
    }
}
