package dev.ratematch.controller.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.AllReduceKernel;
import dev.ratematch.costmodel.kernel.Confidence;
import dev.ratematch.costmodel.kernel.KernelProfile;
import dev.ratematch.costmodel.kernel.Kernels.Heads;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.WeightType;
import dev.ratematch.costmodel.residual.ServingResidual;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ShippedProfilesTest {

    private static final List<String> MEASURED = List.of("b200", "gb200", "b300");

    @Test
    void everyAcceleratorHasKernels() {
        for (Accelerator accelerator : Accelerators.all()) {
            var kernels = ShippedProfiles.kernels(accelerator);
            assertThat(kernels.accelerator()).isEqualTo(accelerator);
            assertThat(ShippedProfiles.kernels(accelerator)).isSameAs(kernels);
            var product = kernels.gemm(WeightType.BF16, 256, 4096, 4096, false);
            assertThat(product.micros()).isGreaterThan(product.rooflineMicros());
            assertThat(product.confidence())
                    .isEqualTo(
                            MEASURED.contains(accelerator.name())
                                    ? Confidence.FITTED
                                    : Confidence.TRANSFERRED);
            assertThat(
                            kernels.generationAttention(
                                            new Heads(8, 1, 128), KvDtype.FP8, 0, 16, 4096)
                                    .micros())
                    .isPositive();
            assertThat(kernels.collectives().allReduce(AllReduceKernel.TRTLLM, 1e6, 4).micros())
                    .isPositive();
        }
    }

    /// An older GPU has the kernels of B200 on a lower roof.
    @Test
    void anOlderAcceleratorIsSlower() {
        double h200 = large(Accelerators.H200);
        double b200 = large(Accelerators.B200);
        assertThat(h200 / b200).isBetween(1.8, 2.5);
        assertThat(large(Accelerators.GB300)).isLessThan(b200);
    }

    private static double large(Accelerator accelerator) {
        return ShippedProfiles.kernels(accelerator)
                .gemm(WeightType.BF16, 8192, 8192, 8192, false)
                .micros();
    }

    /// What is derived from others' measurements names them.
    @Test
    void everyProfileSaysWhereItComesFrom() {
        for (Accelerator accelerator : Accelerators.all()) {
            var from = ShippedProfiles.profile(accelerator).provenance();
            assertThat(from.engine()).isEqualTo("trtllm");
            assertThat(from.source()).contains("aiconfigurator", "095f58a");
            assertThat(from.licence()).isEqualTo("Apache-2.0");
            assertThat(from.attribution()).contains("NVIDIA CORPORATION");
        }
        assertThat(ShippedProfiles.residual().provenance())
                .contains("aiconfigurator", "Apache-2.0", "NVIDIA CORPORATION");
    }

    @Test
    void theResidualKnowsBothModes() {
        for (boolean disaggregated : new boolean[] {false, true}) {
            for (boolean ttft : new boolean[] {false, true}) {
                assertThat(ShippedProfiles.residual().correction(disaggregated, ttft).groups())
                        .containsKeys("all", "engine=trtllm");
            }
        }
    }

    @Test
    void allOfThemTakeLessThanThreeMegabytes() throws IOException {
        long bytes = size(ServingResidual.class, "serving");
        for (String name : MEASURED) {
            bytes += size(KernelProfile.class, name);
        }
        assertThat(bytes).isBetween(100_000L, 3_000_000L);
    }

    private static long size(Class<?> neighbour, String name) throws IOException {
        try (var in = neighbour.getResourceAsStream(name + ".json.gz")) {
            return Objects.requireNonNull(in).readAllBytes().length;
        }
    }
}
