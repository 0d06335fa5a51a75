package dev.ratematch.k8s.operator;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.fleet.Ownership;
import java.util.List;
import java.util.Map;

/// What stands beside a RateMatcher and could be taken for its own.
///
/// @param rivals other RateMatchers that may have the same targets or count the same pods
/// @param pods whose those are that each role's selector finds
record Neighbours(List<RateMatcher> rivals, Map<Role, Ownership> pods) {

    /// Nobody, and no pods.
    static final Neighbours NONE = new Neighbours(List.of(), Map.of());

    Neighbours {
        rivals = List.copyOf(rivals);
        pods = Map.copyOf(pods);
    }

    Ownership pods(Role role) {
        return pods.getOrDefault(role, Ownership.NONE);
    }
}
