package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.fleet.GpuWidth;
import dev.ratematch.k8s.fleet.Ownership;
import dev.ratematch.k8s.fleet.Replica;
import dev.ratematch.k8s.fleet.Replica.State;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether the pods that a role counts are its target's: on GPUs of others no fleet is planned.
/// Pure.
final class Belonging {

    /// Of the refusal.
    static final String REASON = "SelectorMatchesOthers";

    /// Of instances that differ in shape.
    static final String SHAPES = "ShapesDiffer";

    /// How long pods may outnumber a count that was lowered, until its controller has followed.
    static final Duration SETTLING = Duration.ofMinutes(1);

    /// Replicas over the count while pods are being replaced: a quarter, one at least, as a
    /// Deployment does where it says nothing.
    private static final int SURGE_SHARE = 4;

    private static final Set<State> LIVING = EnumSet.of(State.PENDING, State.STARTING, State.READY);

    private Belonging() {}

    /// Why the counts cannot be trusted; null where they can.
    static @Nullable Refusal refusal(SessionLook look) {
        for (var role : Role.values()) {
            var strange = strangers(look, role);
            if (strange != null) {
                return strange;
            }
        }
        var shapes = shapes(look);
        if (shapes != null) {
            return shapes;
        }
        var twice = twice(look);
        if (twice != null) {
            return twice;
        }
        for (var role : Role.values()) {
            var over = surplus(look, role);
            if (over != null) {
                return over;
            }
        }
        return null;
    }

    /// What is said where nothing but its labels says that a pod is a target's own; null where
    /// owner references say it.
    static @Nullable String note(SessionLook look, Role role) {
        var target = look.of(role).side().target();
        return look.neighbours().pods(role).byLabels()
                ? "No owner reference leads from its pods to %s: those that %s selects are counted."
                        .formatted(target.title(), target.selector())
                : null;
    }

    private static @Nullable Refusal strangers(SessionLook look, Role role) {
        var found = look.neighbours().pods(role);
        var stranger = found.stranger();
        if (stranger == null) {
            return null;
        }
        var target = look.of(role).side().target();
        return new Refusal(
                REASON,
                "The selector of %s, %s, also matches pod %s, which belongs to %s%s: %s"
                        .formatted(
                                target.title(),
                                target.selector(),
                                stranger.pod(),
                                stranger.owner(),
                                found.strangers() > 1
                                        ? " (%d such pods)".formatted(found.strangers())
                                        : "",
                                remedy(look, role)));
    }

    /// Instances of other shapes cannot take each other's role; while pods are replaced there may
    /// be two.
    private static @Nullable Refusal shapes(SessionLook look) {
        var target = look.prefill().side().target();
        if (look.spec().workers() == null || target.rollingOut()) {
            return null;
        }
        Replica first = null;
        for (var role : Role.values()) {
            for (var replica : Replica.of(look.neighbours().pods(role).own())) {
                boolean living = LIVING.contains(replica.state()) && gpus(replica) > 0;
                if (living && first != null && gpus(first) != gpus(replica)) {
                    return new Refusal(
                            SHAPES,
                            "spec.workers.scaleTargetRef (%s): %s has %d GPUs and %s has %d; instances that switch roles must be equal: give each shape a target and a RateMatcher of its own."
                                    .formatted(
                                            target.title(),
                                            first.name(),
                                            gpus(first),
                                            replica.name(),
                                            gpus(replica)));
                }
                first = first == null && living ? replica : first;
            }
        }
        return null;
    }

    /// By what its pods ask for; 0 where they do not say it.
    private static int gpus(Replica replica) {
        return replica.pods().stream()
                .mapToInt(pod -> GpuWidth.of(pod.getSpec(), _ -> null).gpus())
                .sum();
    }

    private static @Nullable Refusal twice(SessionLook look) {
        var prefill = names(look.neighbours().pods(Role.PREFILL));
        return look.neighbours().pods(Role.DECODE).own().stream()
                .map(Belonging::name)
                .filter(prefill::contains)
                .findFirst()
                .map(
                        pod ->
                                new Refusal(
                                        REASON,
                                        "The selectors of both roles, %s and %s, match pod %s: %s"
                                                .formatted(
                                                        look.prefill().side().target().selector(),
                                                        look.decode().side().target().selector(),
                                                        pod,
                                                        remedy(look, Role.DECODE))))
                .orElse(null);
    }

    private static @Nullable Refusal surplus(SessionLook look, Role role) {
        var found = look.neighbours().pods(role);
        var target = look.of(role).side().target();
        int wanted = target.replicas();
        var living =
                Replica.of(found.own()).stream().filter(r -> LIVING.contains(r.state())).toList();
        int surge = Math.max(1, Math.ceilDiv(wanted, SURGE_SHARE));
        boolean settled = settled(look.at(), target.countSetAt().orElse(Instant.EPOCH));
        if (!found.byLabels() || living.size() <= wanted + surge || !settled) {
            return null;
        }
        return new Refusal(
                REASON,
                "The selector of %s, %s, matches %d replicas, %s among them, where it has %d: %s"
                        .formatted(
                                target.title(),
                                target.selector(),
                                living.size(),
                                living.getLast().name(),
                                wanted,
                                remedy(look, role)));
    }

    private static boolean settled(Instant now, Instant set) {
        return !now.isBefore(set.plus(SETTLING));
    }

    private static String remedy(SessionLook look, Role role) {
        String field = look.spec().workers() == null ? role.label() : "workers";
        return "give spec.%s.selector labels that only its own pods have.".formatted(field);
    }

    private static Set<String> names(Ownership pods) {
        return pods.own().stream().map(Belonging::name).collect(Collectors.toSet());
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }
}
