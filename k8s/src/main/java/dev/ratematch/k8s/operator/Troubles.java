package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.fleet.Replica;
import dev.ratematch.k8s.operator.Trouble.Kind;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The pods of a pool that do not serve, each with what keeps it from it. Said from the first look
/// on: a move that waits for one has its own, much later deadline. Pure but for the nodes that it
/// asks for, each once.
final class Troubles {

    private static final Set<String> IMAGE =
            Set.of(
                    "ErrImagePull",
                    "ImagePullBackOff",
                    "ErrImageNeverPull",
                    "InvalidImageName",
                    "ImageInspectError",
                    "RegistryUnavailable");

    /// A container that waits for one of these is about to start.
    private static final Set<String> NORMAL = Set.of("ContainerCreating", "PodInitializing");

    private static final int MESSAGE_MAX = 160;

    private final Function<String, NodeHealth> ask;
    private final Predicate<String> silent;
    private final Map<String, NodeHealth> nodes = new HashMap<>();
    private final Duration patience;
    private final Instant now;

    /// @param ask what is known of a node
    /// @param silent whether a pod, by its name, does not answer: what it says of itself may be of
    ///   a node that is gone
    /// @param patience how long a pod may take to serve
    Troubles(
            Function<String, NodeHealth> ask,
            Predicate<String> silent,
            Duration patience,
            Instant now) {
        this.ask = ask;
        this.silent = silent;
        this.patience = patience;
        this.now = now;
    }

    /// Of one pool, the gravest first.
    List<Trouble> of(Role role, List<Replica> replicas) {
        var found = new ArrayList<Trouble>();
        for (var replica : replicas) {
            for (var pod : replica.pods()) {
                var trouble = of(role, pod, replica.state());
                if (trouble != null) {
                    found.add(trouble);
                }
            }
        }
        found.sort(Comparator.comparing(Trouble::kind).thenComparing(Trouble::pod));
        return found;
    }

    private @Nullable Trouble of(Role role, Pod pod, Replica.State state) {
        return switch (state) {
            case READY -> silent.test(pod.getMetadata().getName()) ? under(role, pod) : null;
            case FAILED -> null;
            case TERMINATING, DRAINING, SWITCHING -> lost(role, pod);
            case PENDING, STARTING -> {
                var lost = lost(role, pod);
                yield lost != null || condition(pod, "Ready", "True") != null
                        ? lost
                        : starting(role, pod);
            }
        };
    }

    private @Nullable Trouble lost(Role role, Pod pod) {
        return condition(pod, "Ready", "True") == null ? under(role, pod) : null;
    }

    /// What is wrong with the node under a pod.
    private @Nullable Trouble under(Role role, Pod pod) {
        String node = node(pod);
        if (node == null) {
            return null;
        }
        var health = nodes.computeIfAbsent(node, ask);
        var unready = condition(pod, "Ready", "False");
        String marked = unready == null ? null : unready.getLastTransitionTime();
        return switch (health.state()) {
            case GONE -> trouble(Kind.NODE_LOST, role, pod, "the node is gone", marked);
            case NOT_READY ->
                    trouble(
                            Kind.NODE_LOST,
                            role,
                            pod,
                            "the node is not ready",
                            health.since() == null ? marked : health.since());
            case READY -> null;
            case UNKNOWN ->
                    unready != null && says(pod, unready, "NodeLost", "NodeStatusUnknown")
                            ? trouble(Kind.NODE_LOST, role, pod, "the node is not ready", marked)
                            : null;
        };
    }

    /// What the node's keepers write on the pods of a node that has fallen silent.
    private static boolean says(Pod pod, PodCondition unready, String... reasons) {
        var said = List.of(reasons);
        String ready = unready.getReason();
        String reason = pod.getStatus().getReason();
        return (ready != null && said.contains(ready)) || (reason != null && said.contains(reason));
    }

    private Trouble starting(Role role, Pod pod) {
        String created = pod.getMetadata().getCreationTimestamp();
        var unscheduled = condition(pod, "PodScheduled", "False");
        if (unscheduled != null && "Unschedulable".equals(unscheduled.getReason())) {
            String why = unscheduled.getMessage();
            return trouble(
                    Kind.UNSCHEDULABLE,
                    role,
                    pod,
                    why == null ? "no node has room" : "no node has room (%s)".formatted(cut(why)),
                    unscheduled.getLastTransitionTime());
        }
        var containers = containers(pod);
        for (var container : containers) {
            var fault = fault(role, pod, container);
            if (fault != null) {
                return fault;
            }
        }
        String what =
                node(pod) == null
                        ? "waits for a node"
                        : containers.stream()
                                .map(Troubles::waiting)
                                .filter(reason -> reason != null)
                                .findFirst()
                                .orElse("runs, not ready");
        return trouble(late(created) ? Kind.POD_STUCK : Kind.STARTING, role, pod, what, created);
    }

    private @Nullable Trouble fault(Role role, Pod pod, ContainerStatus container) {
        String waiting = waiting(container);
        if (waiting != null && IMAGE.contains(waiting)) {
            // Two reasons take turns while it is tried again; one text for both.
            return trouble(
                    Kind.IMAGE_NOT_PULLED,
                    role,
                    pod,
                    "image %s cannot be pulled".formatted(container.getImage()),
                    pod.getMetadata().getCreationTimestamp());
        }
        var last = container.getLastState() == null ? null : container.getLastState();
        var ended = last == null ? null : last.getTerminated();
        if (ended != null && !Boolean.TRUE.equals(container.getReady())) {
            return trouble(
                    Kind.CONTAINER_FAILED,
                    role,
                    pod,
                    "container %s ended with %s (exit code %d) and is being restarted"
                            .formatted(container.getName(), ended.getReason(), ended.getExitCode()),
                    ended.getFinishedAt());
        }
        return waiting == null || NORMAL.contains(waiting)
                ? null
                : trouble(
                        Kind.CONTAINER_FAILED,
                        role,
                        pod,
                        "container %s waits: %s".formatted(container.getName(), waiting),
                        pod.getMetadata().getCreationTimestamp());
    }

    private static List<ContainerStatus> containers(Pod pod) {
        var all = new ArrayList<ContainerStatus>();
        if (pod.getStatus() != null) {
            all.addAll(pod.getStatus().getInitContainerStatuses());
            all.addAll(pod.getStatus().getContainerStatuses());
        }
        return all;
    }

    private static @Nullable String waiting(ContainerStatus container) {
        var state = container.getState();
        var waiting = state == null ? null : state.getWaiting();
        return waiting == null ? null : waiting.getReason();
    }

    private boolean late(@Nullable String since) {
        try {
            return since != null && now.isAfter(Instant.parse(since).plus(patience));
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static @Nullable String node(Pod pod) {
        return pod.getSpec() == null ? null : pod.getSpec().getNodeName();
    }

    private static @Nullable PodCondition condition(Pod pod, String type, String status) {
        return pod.getStatus() == null
                ? null
                : pod.getStatus().getConditions().stream()
                        .filter(c -> type.equals(c.getType()) && status.equals(c.getStatus()))
                        .findFirst()
                        .orElse(null);
    }

    private static Trouble trouble(
            Kind kind, Role role, Pod pod, String what, @Nullable String since) {
        return new Trouble(kind, role, pod.getMetadata().getName(), node(pod), since, what);
    }

    private static String cut(String text) {
        return text.length() <= MESSAGE_MAX ? text : text.substring(0, MESSAGE_MAX) + "...";
    }
}
