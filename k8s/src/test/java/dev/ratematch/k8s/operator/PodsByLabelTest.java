package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A look at the pods of one role does not try its selector on those of all others.
class PodsByLabelTest {

    private final List<Pod> all =
            List.of(
                    pod("llm", "a", Map.of("app", "llama", "role", "prefill")),
                    pod("llm", "b", Map.of("app", "llama", "role", "decode")),
                    pod("llm", "c", Map.of("app", "qwen", "role", "prefill")),
                    pod("llm", "d", Map.of()),
                    pod("other", "e", Map.of("app", "llama", "role", "prefill")));

    private int tried;

    private static Pod pod(String namespace, String name, Map<String, String> labels) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build();
    }

    private List<Pod> byIndex(String index, String key) {
        var keys = Objects.requireNonNull(PodsByLabel.INDEXERS.get(index));
        var found = all.stream().filter(pod -> keys.apply(pod).contains(key)).toList();
        tried += found.size();
        return found;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app=llama | a,b | 2",
                "app == llama,role=prefill | a | 2",
                "role in (prefill,both),app=llama | a | 2",
                "app!=qwen,role=prefill | a | 2",
                "role in (prefill) | a,c | 4",
                "app | a,b,c | 4",
                "!app | d | 4",
                "app=nobody | '' | 0",
            })
    void itFindsWhatTheSelectorSays(String selector, String names, int trials) {
        var found = PodsByLabel.of("llm", selector, this::byIndex);

        assertThat(String.join(",", found.stream().map(p -> p.getMetadata().getName()).toList()))
                .isEqualTo(names);
        assertThat(tried).isEqualTo(trials);
    }

    @Test
    void podsWithoutLabelsHaveNoKeys() {
        var bare = new PodBuilder().withNewMetadata().withNamespace("llm").endMetadata().build();

        assertThat(Objects.requireNonNull(PodsByLabel.INDEXERS.get("label")).apply(bare)).isEmpty();
    }
}
