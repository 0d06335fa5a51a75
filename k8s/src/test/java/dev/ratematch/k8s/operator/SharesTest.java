package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.k8s.api.GpuPoolStatus.Share;
import dev.ratematch.k8s.api.RateMatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharesTest {

    private static RateMatcher matcher(String name, int day, int gpus) {
        return Serialization.unmarshal(
                """
                apiVersion: ratematch.dev/v1alpha1
                kind: RateMatcher
                metadata: {name: %s, namespace: ns, creationTimestamp: "2026-11-%02dT00:00:00Z"}
                spec: {model: m, budget: {gpus: %d, poolRef: shared}}
                """
                        .formatted(name, day, gpus),
                RateMatcher.class);
    }

    @Test
    void the_oldest_come_first_and_what_does_not_fit_is_refused_by_name() {
        var young = matcher("young", 3, 8);
        var all = List.of(young, matcher("old", 1, 8), matcher("small", 4, 2));
        assertThat(Shares.of("shared", 12, all))
                .containsExactly(
                        new Share("ns", "old", 8, true),
                        new Share("ns", "young", 8, false),
                        new Share("ns", "small", 2, true));
        var refusal = Shares.refusal("shared", 12, all, young);
        assertThat(refusal).isNotNull();
        assertThat(String.valueOf(refusal))
                .contains("BudgetNotGranted")
                .contains("budget.gpus (8)")
                .contains("4 are left");
        assertThat(Shares.refusal("shared", 16, all, young)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"NVIDIA-GB200, gb200", "NVIDIA-B200, b200", "NVIDIA-H100-80GB-HBM3, h100"})
    void gpu_products_are_known_by_their_longest_name(String product, String accelerator) {
        assertThat(Products.accelerator(product)).isEqualTo(accelerator);
        assertThat(Products.accelerator("Tesla-T4")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"800ms, 0.8", "2s, 2", "1.5m, 90", "1h, 3600"})
    void durations(String text, double seconds) {
        assertThat(Durations.seconds("x", text)).isEqualTo(seconds);
    }
}
