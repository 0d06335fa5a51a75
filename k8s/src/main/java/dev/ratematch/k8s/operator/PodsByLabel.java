package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.fleet.Selectors;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/// The pods of a selector, found by a label that it names: tried on every pod of its namespace, the
/// selectors of a thousand RateMatchers take most of what the operator computes.
final class PodsByLabel {

    private static final String LABEL = "label";
    private static final String ALL = "all";

    /// Keys of a pod by index.
    static final Map<String, Function<Pod, List<String>>> INDEXERS =
            Map.of(
                    LABEL,
                    PodsByLabel::labels,
                    ALL,
                    pod -> List.of(pod.getMetadata().getNamespace()));

    private PodsByLabel() {}

    /// The pods that a selector finds.
    ///
    /// @param found by index and key
    /// @throws RefusedException when the text is no selector
    static List<Pod> of(
            String namespace, String selector, BiFunction<String, String, List<Pod>> found) {
        var test = Surroundings.selector(selector);
        return Selectors.label(selector)
                .map(label -> found.apply(LABEL, namespace + "/" + label))
                .orElseGet(() -> found.apply(ALL, namespace))
                .stream()
                .filter(pod -> test.test(pod.getMetadata().getLabels()))
                .toList();
    }

    private static List<String> labels(Pod pod) {
        var labels = pod.getMetadata().getLabels();
        if (labels == null) {
            return List.of();
        }
        var keys = new ArrayList<String>();
        labels.forEach(
                (key, value) ->
                        keys.add(
                                "%s/%s=%s"
                                        .formatted(pod.getMetadata().getNamespace(), key, value)));
        return keys;
    }
}
