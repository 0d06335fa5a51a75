package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.Identity.Fault;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Pods of one name that count apart, and the label that tells where each is from.
///
/// @param label empty when there are none
/// @param those targets that have a namesake
/// @param example the name of one of them
record Strangers(String label, Map<KnownTarget, String> those, String example) {

    /// Labels by which several targets of one pod usually differ: the last to tell clusters by.
    private static final Set<String> OF_TARGETS =
            Set.of("job", "container", "endpoint", "service", "node", "host", "uid");

    /// Those among the targets of one kind.
    static Strangers among(Roster roster) {
        var those = new LinkedHashMap<KnownTarget, String>();
        var targets = roster.targets();
        @Nullable Set<String> labels = null;
        String example = "";
        for (int i = 0; i < targets.size(); i++) {
            for (int j = i + 1; j < targets.size(); j++) {
                var one = targets.get(i);
                var other = targets.get(j);
                if (one.tag().name().mayBe(other.tag().name())
                        && roster.kinship(one, other) == Kinship.APART) {
                    var apart = one.tag().apart(other.tag());
                    if (labels == null) {
                        labels = new TreeSet<>(apart);
                    } else if (labels.stream().anyMatch(apart::contains)) {
                        labels.retainAll(apart);
                    }
                    example = example.isEmpty() ? one.tag().name().shortly() : example;
                    those.put(one, "");
                    those.put(other, "");
                }
            }
        }
        String label = labels == null ? "" : best(labels);
        those.replaceAll((target, _) -> target.tag().label(label));
        return new Strangers(label, those, example);
    }

    private static String best(Set<String> labels) {
        Optional<String> cluster = labels.stream().filter(l -> l.contains("cluster")).findFirst();
        return cluster.or(() -> labels.stream().filter(l -> !OF_TARGETS.contains(l)).findFirst())
                .orElseGet(() -> labels.iterator().next());
    }

    /// The matcher that only this target and those from the same place fit; empty when it has no
    /// namesake.
    String label(KnownTarget target) {
        String value = those.get(target);
        return value == null ? "" : "%s=\"%s\"".formatted(label, value);
    }

    /// Why nothing may be concluded; empty when there are none.
    List<Fault> faults(Source source) {
        if (those.isEmpty()) {
            return List.of();
        }
        var matchers =
                new TreeSet<>(those.values())
                        .stream().map(value -> "%s=\"%s\"".formatted(label, value)).toList();
        return List.of(
                new Fault(
                        source,
                        example,
                        "pods of one name count apart: %s is there with %s; the store holds several"
                                        .formatted(example, String.join(" and with ", matchers))
                                + " clusters",
                        "add %s to the selectors of all roles"
                                .formatted(matchers.stream().collect(Collectors.joining(" or ")))));
    }
}
