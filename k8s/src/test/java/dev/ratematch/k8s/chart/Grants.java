package dev.ratematch.k8s.chart;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// What rules grant: verbs by `group/resource`.
record Grants(Map<String, Set<String>> verbs) {

    private static final Set<String> READS = Set.of("get", "list", "watch");

    static Grants of(List<PolicyRule> rules) {
        var verbs = new TreeMap<String, Set<String>>();
        for (var rule : rules) {
            for (String group : rule.getApiGroups()) {
                for (String resource : rule.getResources()) {
                    String name = group.isEmpty() ? resource : group + "/" + resource;
                    verbs.computeIfAbsent(name, _ -> new TreeSet<>()).addAll(rule.getVerbs());
                }
            }
        }
        return new Grants(verbs);
    }

    Set<String> of(String resource) {
        return verbs.getOrDefault(resource, Set.of());
    }

    /// Resources with at least one verb that changes something.
    Set<String> written() {
        var written = new TreeSet<String>();
        verbs.forEach(
                (resource, granted) -> {
                    if (granted.stream().anyMatch(Predicate.not(READS::contains))) {
                        written.add(resource);
                    }
                });
        return written;
    }
}
