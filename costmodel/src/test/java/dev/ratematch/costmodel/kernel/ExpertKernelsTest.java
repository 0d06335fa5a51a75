package dev.ratematch.costmodel.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.ExpertKernels.Shape;
import dev.ratematch.costmodel.parallel.WeightType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ExpertKernelsTest {

    private static final KernelProfile PROFILE = TestKernels.read("b200");
    private static final ExpertKernels EXPERTS = TestKernels.of(Accelerators.B200).experts();
    private static final Shape DEEPSEEK = new Shape(7168, 2048, 8, 256);

    private static Estimate deepSeek(double tokens, int shards, int ranks) {
        return EXPERTS.micros(
                WeightType.NVFP4, DEEPSEEK, "1.01", tokens, new int[] {shards, ranks});
    }

    private static Estimate measured(String kernel, double tokens, int shards, int ranks) {
        var key = List.of("nvfp4", kernel, "power_law_1.01", "7168", "2048", "8", "256");
        return PROFILE.family(KernelFamilies.EXPERTS)
                .estimate(key, new double[] {tokens, shards, ranks}, Accelerators.B200);
    }

    @Test
    void theExactShapeIsTakenWhereItWasMeasured() {
        Estimate asked = deepSeek(1024, 1, 8);
        assertThat(asked.micros()).isEqualTo(measured("cutlass", 1024, 1, 8).micros());
        assertThat(asked.confidence()).isEqualTo(Confidence.FITTED);
    }

    /// TensorRT-LLM switches behind 128 tokens, and the step is visible.
    @Test
    void theLowLatencyKernelServesUpTo128Tokens() {
        assertThat(deepSeek(128, 1, 8).micros())
                .isEqualTo(measured("min_latency", 128, 1, 8).micros());
        assertThat(deepSeek(129, 1, 8).micros())
                .isEqualTo(measured("cutlass", 129, 1, 8).micros())
                .isGreaterThan(1.3 * deepSeek(128, 1, 8).micros());
    }

    /// Published microseconds a layer: 16 tokens in TP8, EP8, EP16; 1,024 tokens in the same.
    @Test
    void staysNearThePublishedPoints() {
        int[][] spread = {{8, 1}, {1, 8}, {1, 16}};
        double[] few = {60, 84, 52};
        double[] many = {397, 337, 210};
        for (int i = 0; i < spread.length; i++) {
            assertThat(deepSeek(16, spread[i][0], spread[i][1]).micros())
                    .isCloseTo(few[i], within(0.12 * few[i]));
            assertThat(deepSeek(1024, spread[i][0], spread[i][1]).micros())
                    .isCloseTo(many[i], within(0.12 * many[i]));
        }
    }

    @Test
    void anUnknownShapeTakesTheNearestOneOnItsOwnRoofline() {
        var odd = new Shape(7168, 2304, 8, 240);
        Estimate asked = EXPERTS.micros(WeightType.NVFP4, odd, "1.01", 1024, new int[] {1, 8});
        assertThat(asked.confidence()).isEqualTo(Confidence.TRANSFERRED);
        assertThat(asked.micros() / deepSeek(1024, 1, 8).micros()).isBetween(0.9, 1.3);
        assertThat(asked.rooflineMicros()).isGreaterThan(deepSeek(1024, 1, 8).rooflineMicros());
    }

    @Test
    void anUnmeasuredFormatIsTransferred() {
        Estimate bf16 = EXPERTS.micros(WeightType.BF16, DEEPSEEK, "1.01", 4096, new int[] {1, 8});
        Estimate fp8 =
                EXPERTS.micros(WeightType.FP8_BLOCK, DEEPSEEK, "1.01", 4096, new int[] {1, 8});
        assertThat(bf16.confidence()).isEqualTo(Confidence.TRANSFERRED);
        assertThat(bf16.micros()).isGreaterThan(fp8.micros());
    }

    /// Rows of a table are priced in parallel on the same kernels.
    @Test
    void threadsMayShareThem() {
        var fresh = new ExpertKernels(PROFILE);
        double[] alone = shapes().mapToDouble(s -> micros(EXPERTS, s)).toArray();
        double[] together = shapes().parallel().mapToDouble(s -> micros(fresh, s)).toArray();
        assertThat(together).isEqualTo(alone);
    }

    private static Stream<Shape> shapes() {
        return IntStream.range(0, 400).mapToObj(i -> new Shape(4096 + i, 2048, 8, 256));
    }

    private static double micros(ExpertKernels experts, Shape shape) {
        return experts.micros(WeightType.NVFP4, shape, "1.2", 512, new int[] {1, 8}).micros();
    }

    @Test
    void aProfileWithoutExpertsSaysSo() {
        var none =
                new KernelProfile(
                        Accelerators.B200,
                        PROFILE.provenance(),
                        Map.of(
                                KernelFamilies.EXPERTS,
                                FamilyProfile.fit(new Experts(), List.of(), Accelerators.B200)));
        var kernels = new ExpertKernels(none);
        assertThatThrownBy(
                        () ->
                                kernels.micros(
                                        WeightType.NVFP4, DEEPSEEK, "1.01", 1, new int[] {1, 1}))
                .hasMessage("The profile has no expert kernels.");
    }
}
