package dev.ratematch.costmodel.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KernelFamiliesTest {

    private static final Accelerator GPU = Accelerators.B200;

    @Test
    void areFoundByNameAndRefusedWithTheNearest() {
        var names = new HashSet<String>();
        for (KernelFamily family : KernelFamilies.ALL) {
            assertThat(names.add(family.name())).isTrue();
            assertThat(KernelFamilies.named(family.name())).isEqualTo(family);
        }
        assertThatThrownBy(() -> KernelFamilies.named("gem"))
                .hasMessageContainingAll("gem", "gemm");
    }

    /// Every kernel that was measured has a place on its surface, a bound, and more of both when
    /// every size doubles.
    @Test
    void placeAndBoundEveryMeasuredKernel() {
        var profile = TestKernels.read("b200");
        profile.families()
                .forEach(
                        (_, fitted) -> {
                            KernelFamily family = fitted.family();
                            for (String text : fitted.surfaces().keySet()) {
                                var key = List.of(text.split(",", -1));
                                assertThat(key).hasSameSizeAs(family.keyColumns());
                                check(family, key);
                            }
                        });
    }

    private static void check(KernelFamily family, List<String> key) {
        double[] small = new double[family.sizeColumns().size()];
        Arrays.fill(small, 8);
        double[] large = small.clone();
        // Tokens and batches double; shards, which divide the work, stay.
        for (int d = 0; d < large.length; d++) {
            String column = family.sizeColumns().get(d);
            large[d] *= column.equals("tp") || column.equals("ep") ? 1 : 2;
        }
        assertThat(family.position(key, small)).hasSize(family.spacing().length);
        double least = family.rooflineMicros(key, small, GPU);
        assertThat(least).isPositive();
        assertThat(family.rooflineMicros(key, large, GPU)).isGreaterThan(least);
        assertThat(family.floorMicros(key)).isPositive();
        // Of experts, products and traffic do not hide wholly behind each other; between trays
        // bytes
        // take half as long again.
        double most =
                switch (family.name()) {
                    case "moe", "moe_wideep" -> 1.091 * least;
                    case "alltoall" -> 1.501 * least;
                    default -> least;
                };
        assertThat(family.referenceMicros(key, small, GPU) - family.floorMicros(key))
                .isBetween(least / 0.85 - 1e-9, most / 0.85 + 1e-9);
    }

    @Test
    void octavesAreLogarithmsToBaseTwo() {
        assertThat(KernelFamily.log2(8)).isCloseTo(3, within(1e-12));
        assertThat(KernelFamily.log2(0)).isFinite();
    }

    /// 1,024 tokens of 8 experts each reach all of 256, one token not quite 8 of them; in between
    /// it is the expectation of random routing.
    @Test
    void expertsStreamTheWeightsThatRandomRoutingReaches() {
        var experts = new Experts();
        var key = List.of("nvfp4", "cutlass", "balanced", "7168", "2048", "8", "256");
        double one = 1e6 * 0.5625 * 3 * 7168 * 2048 / GPU.hbmBytesPerSecond();
        double[] reached = {7.88, 56.6, 256};
        double[] tokens = {1, 8, 1024};
        for (int i = 0; i < tokens.length; i++) {
            assertThat(experts.rooflineMicros(key, new double[] {tokens[i], 1, 1}, GPU))
                    .isCloseTo(reached[i] * one, within(0.02 * reached[i] * one));
        }
    }

    /// 2 x 4096^3 operations at 2.25 PFLOP/s are 61 microseconds; one row streams its weights.
    @Test
    void aProductIsBoundByComputeOrByMemory() {
        var gemm = new Gemm();
        double[] square = {4096, 4096, 4096};
        double[] row = {1, 4096, 4096};
        assertThat(gemm.rooflineMicros(List.of("bfloat16"), square, GPU))
                .isCloseTo(61.1, within(0.1));
        assertThat(gemm.rooflineMicros(List.of("bfloat16"), row, GPU))
                .isCloseTo(4.36, within(0.01));
        assertThatThrownBy(() -> gemm.rooflineMicros(List.of("fp7"), row, GPU))
                .hasMessageContainingAll("fp7", "fp8");
    }

    /// Of 8 experts on 4 ranks, 3 x (1 - 0.75^8) copies leave a token's rank; a combine brings BF16
    /// back, a dispatch carries the format, a prepare next to nothing. From 4 to 8 GPUs of GB200
    /// the copies grow and cross trays.
    @Test
    void tokensGoToTheRanksThatRoutingReaches() {
        var family = new AllToAll();
        Accelerator gb200 = Accelerators.GB200;
        double[] sizes = {4, 1000};
        double copies = 3 * (1 - Math.pow(0.75, 8));
        double one = 1e6 * 1000 * copies / gb200.nvlinkBytesPerSecond();
        double combine = family.rooflineMicros(toAll("combine", ""), sizes, gb200);
        assertThat(combine).isCloseTo(2 * 7168 * one, within(1e-6 * combine));
        assertThat(family.rooflineMicros(toAll("dispatch", "nvfp4"), sizes, gb200))
                .isCloseTo(0.5625 * 7168 * one, within(1e-6 * combine));
        assertThat(family.rooflineMicros(toAll("dispatch", ""), sizes, gb200))
                .isCloseTo(7168 * one, within(1e-6 * combine));
        assertThat(family.rooflineMicros(toAll("prepare", ""), sizes, gb200))
                .isLessThan(combine / 1000);
        double[] two = {8, 1000};
        double within = family.referenceMicros(toAll("combine", ""), sizes, gb200) - 10;
        double across = family.referenceMicros(toAll("combine", ""), two, gb200) - 10;
        double farther = 7 * (1 - Math.pow(0.875, 8)) / copies;
        assertThat(across).isCloseTo(1.5 * farther * within, within(1e-6 * across));
    }

    private static List<String> toAll(String phase, String format) {
        return List.of("NVLinkTwoSided", phase, format, "7168", "8", "256", "");
    }

    /// Launches of as many rows lie beside each other, however many heads the rows are of.
    @Test
    void latentProjectionsOfAsManyRowsAreNeighbours() {
        var family = new LatentProjection();
        double[] few = family.position(List.of("pre", "bfloat16"), new double[] {8, 64});
        double[] many = family.position(List.of("pre", "bfloat16"), new double[] {64, 8});
        assertThat(few[1]).isCloseTo(many[1], within(1e-9));
        assertThat(many[0] - few[0]).isCloseTo(3, within(1e-9));
    }
}
