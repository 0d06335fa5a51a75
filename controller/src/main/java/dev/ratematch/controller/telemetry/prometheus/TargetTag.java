package dev.ratematch.controller.telemetry.prometheus;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/// What tells a target from others.
///
/// @param labels that all of its series carry
/// @param whole whether these are all labels of the target and no others, as `up` has them
record TargetTag(TargetName name, SortedMap<String, String> labels, boolean whole) {

    /// Whether both are one target. A label that only one of them has may have been dropped.
    boolean is(TargetTag other) {
        return name.equals(other.name)
                && labels.entrySet().stream()
                        .allMatch(
                                e ->
                                        e.getValue()
                                                .equals(
                                                        other.labels.getOrDefault(
                                                                e.getKey(), e.getValue())))
                && !(whole && other.whole && !labels.keySet().equals(other.labels.keySet()));
    }

    /// Labels other than the name that differ; also in being there, where that can be told.
    Set<String> apart(TargetTag other) {
        var apart = new TreeSet<>(labels.keySet());
        apart.addAll(other.labels.keySet());
        boolean absence = whole && other.whole;
        apart.removeIf(label -> TargetName.names(label) || same(label, other.labels, absence));
        return apart;
    }

    private boolean same(String label, Map<String, String> others, boolean absence) {
        String value = labels.getOrDefault(label, "");
        String other = others.getOrDefault(label, "");
        boolean dropped = !absence && (value.isEmpty() || other.isEmpty());
        return dropped || value.equals(other);
    }

    /// The value of a label; empty when it is not there.
    String label(String label) {
        return labels.getOrDefault(label, "");
    }
}
