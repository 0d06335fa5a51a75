package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.Condition;
import java.util.List;
import java.util.stream.Collectors;

/// The condition that names the pods that do not serve. Pure.
final class PodsCondition {

    static final String PODS_HEALTHY = "PodsHealthy";

    /// More names would not be read.
    private static final int NAMED = 3;

    private PodsCondition() {}

    /// @param troubles pods that do not serve
    static Condition of(List<Trouble> troubles, Standing standing) {
        var grave = troubles.stream().filter(Trouble::grave).toList();
        if (!grave.isEmpty()) {
            return standing.no(PODS_HEALTHY, grave.getFirst().kind().reason(), sentence("", grave));
        }
        return troubles.isEmpty()
                ? standing.yes(PODS_HEALTHY, "Healthy", "No pod is stuck.")
                : standing.yes(PODS_HEALTHY, "Starting", sentence("Starting: ", troubles));
    }

    private static String sentence(String before, List<Trouble> troubles) {
        String named =
                troubles.stream().limit(NAMED).map(Trouble::text).collect(Collectors.joining("; "));
        int more = troubles.size() - NAMED;
        String all = before + named + (more > 0 ? "; and %d more".formatted(more) : "") + ".";
        return Character.toUpperCase(all.charAt(0)) + all.substring(1);
    }
}
