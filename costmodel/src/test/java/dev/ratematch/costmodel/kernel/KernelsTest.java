package dev.ratematch.costmodel.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.Kernels.Heads;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.WeightType;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

final class KernelsTest {

    private static final Kernels B200 = TestKernels.of(Accelerators.B200);

    private static double gemm(WeightType type, double m, double n, double k) {
        return B200.gemm(type, m, n, k, false).micros();
    }

    /// The measured FP8 kernels find out their scales first; a floor of 12 microseconds.
    @Test
    void staticScalesAreCheaperThanDynamicOnes() {
        for (double m : new double[] {1, 16, 128, 2048, 8192}) {
            for (double n : new double[] {2048, 8192, 28_672}) {
                Estimate dynamic = B200.gemm(WeightType.FP8, m, n, 8192, false);
                Estimate known = B200.gemm(WeightType.FP8, m, n, 8192, true);
                assertThat(known.micros()).isLessThan(dynamic.micros());
                assertThat(known.micros()).isGreaterThanOrEqualTo(known.rooflineMicros());
            }
        }
        Estimate block = B200.gemm(WeightType.FP8_BLOCK, 64, 2048, 8192, false);
        assertThat(B200.gemm(WeightType.FP8_BLOCK, 64, 2048, 8192, true)).isEqualTo(block);
    }

    /// Published floors of one token: BF16 1.8, FP8 in blocks 4.8, NVFP4 5.9, dynamic FP8 12.4.
    @Test
    void theSmallestProductsTakeTheirFloor() {
        assertThat(gemm(WeightType.BF16, 1, 128, 128)).isCloseTo(1.8, within(0.4));
        assertThat(gemm(WeightType.FP8_BLOCK, 1, 128, 128)).isCloseTo(4.8, within(0.8));
        assertThat(gemm(WeightType.NVFP4, 1, 128, 128)).isCloseTo(5.9, within(0.8));
        assertThat(gemm(WeightType.FP8, 1, 128, 128)).isCloseTo(12.4, within(1.5));
    }

    /// Published shares of the tensor rate at 4,096 to 8,192 tokens: BF16 0.64, FP8 in blocks 0.55,
    /// dynamic FP8 0.45, NVFP4 0.36.
    @Test
    void largeProductsReachTheirShareOfTheTensorRate() {
        double flop = 2.0 * 8192 * 8192 * 8192 * 1e6;
        assertThat(flop / gemm(WeightType.BF16, 8192, 8192, 8192) / 2.25e15).isBetween(0.55, 0.8);
        assertThat(flop / gemm(WeightType.FP8_BLOCK, 8192, 8192, 8192) / 4.5e15)
                .isBetween(0.45, 0.7);
        assertThat(flop / gemm(WeightType.FP8, 8192, 8192, 8192) / 4.5e15).isBetween(0.4, 0.65);
        assertThat(flop / gemm(WeightType.NVFP4, 8192, 8192, 8192) / 9e15).isBetween(0.3, 0.5);
    }

    @Test
    void formatsWithoutKernelsOfTheirOwnAreTransferred() {
        Estimate int4 = B200.gemm(WeightType.INT4, 64, 4096, 4096, false);
        Estimate bf16 = B200.gemm(WeightType.BF16, 64, 4096, 4096, false);
        assertThat(int4.micros()).isEqualTo(bf16.micros());
        assertThat(int4.confidence()).isEqualTo(Confidence.TRANSFERRED);
        assertThat(bf16.confidence()).isEqualTo(Confidence.FITTED);
    }

    @Test
    void windowedAttentionIsCheaperInLongContexts() {
        for (int dim : new int[] {64, 128}) {
            var heads = new Heads(32, 8, dim);
            Estimate full = B200.contextAttention(heads, KvDtype.BF16, KvDtype.BF16, 0, 1, 8192);
            Estimate windowed =
                    B200.contextAttention(heads, KvDtype.BF16, KvDtype.BF16, 128, 1, 8192);
            assertThat(windowed.micros()).isLessThan(0.5 * full.micros());
            Estimate long0 = B200.generationAttention(heads, KvDtype.FP8, 0, 64, 32_768);
            Estimate long128 = B200.generationAttention(heads, KvDtype.FP8, 128, 64, 32_768);
            assertThat(long128.micros()).isLessThan(0.5 * long0.micros());
            // Only head width 64 was measured with a window.
            assertThat(windowed.confidence())
                    .isEqualTo(dim == 64 ? Confidence.FITTED : Confidence.TRANSFERRED);
        }
    }

    @Test
    void aHeadWidthThatWasNotMeasuredTakesTheNearestByProportion() {
        var odd = new Heads(16, 8, 96);
        var near = new Heads(16, 8, 128);
        Estimate asked = B200.generationAttention(odd, KvDtype.FP8, 0, 16, 4096);
        Estimate known = B200.generationAttention(near, KvDtype.FP8, 0, 16, 4096);
        assertThat(asked.micros()).isCloseTo(0.75 * known.micros(), within(1e-9));
        assertThat(asked.confidence()).isEqualTo(Confidence.TRANSFERRED);
        assertThat(known.confidence()).isEqualTo(Confidence.FITTED);
    }

    /// Published: 128 MB of KV take 33 microseconds, 1 GB 0.87 to 0.89 of the bandwidth.
    @Test
    void decodeAttentionStreamsItsCache() {
        var heads = new Heads(8, 1, 128);
        double bytes = 64 * 32_768.0 * 2 * 128;
        double share =
                1e6
                        * bytes
                        / B200.generationAttention(heads, KvDtype.FP8, 0, 64, 32_768).micros()
                        / 7.7e12;
        assertThat(share).isBetween(0.7, 0.9);
        assertThat(B200.generationAttention(heads, KvDtype.FP8, 0, 1, 1024).micros())
                .isBetween(8.0, 14.0);
    }

    /// Published: GB200 takes 0.95 to 0.98 of B200's time for a product, in the median.
    @Test
    void systemsDifferAsMeasured() {
        var gb200 = TestKernels.of(Accelerators.GB200);
        var ratios = new ArrayList<Double>();
        for (double m : new double[] {1, 64, 1024, 4096, 16_384}) {
            for (double n : new double[] {1024, 4096, 16_384}) {
                for (double k : new double[] {1024, 4096, 16_384}) {
                    double theirs = gb200.gemm(WeightType.BF16, m, n, k, false).micros();
                    ratios.add(theirs / gemm(WeightType.BF16, m, n, k));
                }
            }
        }
        ratios.sort(null);
        assertThat(ratios.get(ratios.size() / 2)).isBetween(0.92, 1.0);
    }

    @Test
    void latentModulesHoldMoreThanTheirKernel() {
        for (boolean prefill : new boolean[] {true, false}) {
            double[] size = {4, prefill ? 2048 : 8192};
            Estimate kernel = B200.latentAttention(prefill, KvDtype.FP8, null, 16, size);
            Estimate module =
                    B200.latentAttention(prefill, KvDtype.FP8, WeightType.NVFP4, 16, size);
            assertThat(module.micros()).isGreaterThan(kernel.micros());
        }
        assertThat(B200.latentProjection(true, true, 16, 64).micros()).isBetween(2.0, 30.0);
    }

    @Test
    void elementwiseKernelsAreAFloorAndAShareOfTheBandwidth() {
        assertThat(B200.memory(0).micros()).isEqualTo(3);
        assertThat(B200.memory(7.7e6).micros()).isCloseTo(3 + 1 / 0.8, within(1e-9));
    }

    @Test
    void estimatesAddUpAndTheLeastConfidenceWins() {
        var a = new Estimate(2, 1, Confidence.FITTED);
        var b = new Estimate(3, 1, Confidence.EXTRAPOLATED);
        assertThat(a.plus(b)).isEqualTo(new Estimate(5, 2, Confidence.EXTRAPOLATED));
        assertThat(a.times(2).atMost(Confidence.TRANSFERRED))
                .isEqualTo(new Estimate(4, 2, Confidence.TRANSFERRED));
        assertThat(Estimate.NONE.plus(a)).isEqualTo(a);
    }
}
