package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.WorkersSpec;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a pod is sent no new requests.
public sealed interface Routing {

    /// By taking off the label that routers select pods by.
    record Label(String key) implements Routing {}

    /// By the label that says an instance's role: it gets the value of neither, or goes.
    ///
    /// @param neither null where the label is taken off
    record RoleLabel(String key, @Nullable String neither) implements Routing {}

    /// By the readiness gate `ratematch.dev/serving`.
    record Gate() implements Routing {}

    /// Not at all: only the engine's own shut-down protects running requests.
    record None() implements Routing {}

    /// For people.
    default String text() {
        return switch (this) {
            case Label(String key) -> "label " + key;
            case RoleLabel(String key, String neither) ->
                    "label " + key + (neither == null ? "" : "=" + neither);
            case Gate _ -> "readiness gate " + Api.SERVING_GATE;
            case None _ -> "none: the engine's own shut-down only";
        };
    }

    /// The way that a role's pods allow.
    ///
    /// @throws IllegalArgumentException when the routing label holds the pods in their target
    static Routing of(RoleSpec role, Optional<PodSpec> pod, String selector) {
        boolean gated =
                pod.map(PodSpec::getReadinessGates).stream()
                        .flatMap(gates -> gates.stream())
                        .anyMatch(gate -> Api.SERVING_GATE.equals(gate.getConditionType()));
        if (gated) {
            return new Gate();
        }
        var drain = role.drain();
        String label = drain == null ? null : drain.routingLabel();
        if (label == null) {
            return new None();
        }
        if (Selectors.mentions(selector, label)) {
            throw new IllegalArgumentException(
                    "drain.routingLabel (%s) must not be part of the target's selector (%s): a pod"
                                    .formatted(label, selector)
                            + " without it would be orphaned and replaced.");
        }
        return new Label(label);
    }

    /// The way of instances that share one target.
    ///
    /// @throws IllegalArgumentException when the role label holds the pods in their target
    static RoleLabel of(WorkersSpec workers, String selector) {
        var label = workers.roleLabel();
        if (Selectors.mentions(selector, label.name())) {
            throw new IllegalArgumentException(
                    "roleLabel.key (%s) must not be part of the target's selector (%s): a pod whose role changes would be orphaned and replaced; select by another label, such as app."
                            .formatted(label.name(), selector));
        }
        return new RoleLabel(label.name(), label.neither());
    }
}
