package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Optional;

/// How a pod is sent no new requests.
public sealed interface Routing {

    /// By taking off the label that routers select pods by.
    record Label(String key) implements Routing {}

    /// By the readiness gate `ratematch.dev/serving`.
    record Gate() implements Routing {}

    /// Not at all: only the engine's own shut-down protects running requests.
    record None() implements Routing {}

    /// For people.
    default String text() {
        return switch (this) {
            case Label(String key) -> "label " + key;
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
}
