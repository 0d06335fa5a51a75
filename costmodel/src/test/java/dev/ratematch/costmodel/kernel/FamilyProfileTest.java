package dev.ratematch.costmodel.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.FamilyProfile.Residuals;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FamilyProfileTest {

    private static final Accelerator GPU = Accelerators.B200;
    private static final Gemm GEMM = new Gemm();
    private static final List<String> BF16 = List.of("bfloat16");

    /// A product as no roofline has it: soft between compute and memory, slower for small k.
    static double synthetic(double m, double n, double k) {
        double compute = 1e6 * 2 * m * n * k / (0.6 * GPU.bf16FlopsPerSecond());
        double bytes = 1e6 * 2 * (m * k + n * k + m * n) / (0.7 * GPU.hbmBytesPerSecond());
        return 2.5 + StrictMath.sqrt(compute * compute + bytes * bytes) * (1 + 300 / k);
    }

    private static Sample sample(double m, double n, double k) {
        return new Sample(BF16, new double[] {m, n, k}, synthetic(m, n, k));
    }

    static List<Sample> samples() {
        var samples = new ArrayList<Sample>();
        for (double m = 1; m <= 16_384; m *= 2) {
            for (double n = 128; n <= 16_384; n *= 2) {
                for (double k = 128; k <= 16_384; k *= 2) {
                    samples.add(sample(m, n, k));
                }
            }
        }
        return samples;
    }

    @Test
    void predictsWhatWasLeftOut() {
        var known = new ArrayList<Sample>();
        var held = new ArrayList<Sample>();
        var samples = samples();
        for (int i = 0; i < samples.size(); i++) {
            (i * 7 % 5 == 0 ? held : known).add(samples.get(i));
        }
        var profile = FamilyProfile.fit(GEMM, known, GPU);
        var left = Residuals.of(profile.errors(held, GPU));
        assertThat(left.rows()).isEqualTo(held.size());
        assertThat(left.median()).isLessThan(0.02);
        assertThat(left.p90()).isLessThan(0.08);
        assertThat(profile.residual().median()).isLessThan(0.005);
        assertThat(profile.residual().rows()).isEqualTo(known.size());
    }

    @Test
    void isFittedWithinAndExtrapolatedBeyondAboveTheRoofline() {
        var profile = FamilyProfile.fit(GEMM, samples(), GPU);
        double[] inside = {100, 3000, 700};
        assertThat(profile.estimate(BF16, inside, GPU).confidence()).isEqualTo(Confidence.FITTED);
        double[] beyond = {1e6, 3e5, 3e5};
        Estimate far = profile.estimate(BF16, beyond, GPU);
        assertThat(far.confidence()).isEqualTo(Confidence.EXTRAPOLATED);
        assertThat(far.micros()).isGreaterThanOrEqualTo(far.rooflineMicros());
    }

    /// Ten percent more an octave of ranks, measured on 4 to 32 of them.
    @Test
    void wideExpertsKeepTheirSlopeOnRanksThatWereNotMeasured() {
        var wide = new WideExperts();
        var key = List.of("nvfp4", "cutlass", "balanced", "7168", "2048", "8", "256", "256");
        var samples = new ArrayList<Sample>();
        for (double tokens = 1; tokens <= 16_384; tokens *= 2) {
            for (double ranks = 4; ranks <= 32; ranks *= 2) {
                double[] sizes = {tokens, 1, ranks};
                samples.add(new Sample(key, sizes, slowed(wide, key, sizes)));
            }
        }
        var profile = FamilyProfile.fit(wide, samples, GPU);
        for (double ranks : new double[] {2, 64, 256}) {
            double[] sizes = {1024, 1, ranks};
            Estimate far = profile.estimate(key, sizes, GPU);
            double expected = slowed(wide, key, sizes);
            assertThat(far.micros()).isCloseTo(expected, within(0.02 * expected));
            assertThat(far.confidence()).isEqualTo(Confidence.EXTRAPOLATED);
        }
    }

    private static double slowed(KernelFamily family, List<String> key, double[] sizes) {
        return family.referenceMicros(key, sizes, GPU)
                * StrictMath.exp(0.1 * KernelFamily.log2(sizes[2]));
    }

    @Test
    void refusesAnUnknownKernelWithTheKnownOnes() {
        var profile = FamilyProfile.fit(GEMM, samples(), GPU);
        assertThat(profile.knows(BF16)).isTrue();
        assertThat(profile.knows(List.of("fp8"))).isFalse();
        assertThatThrownBy(() -> profile.estimate(List.of("fp8"), new double[] {1, 1, 1}, GPU))
                .hasMessage("gemm [fp8] was not measured on b200; measured are bfloat16.");
    }

    @Test
    void residualsAreOrderStatistics() {
        double[] errors = {0.5, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0};
        assertThat(Residuals.of(errors)).isEqualTo(new Residuals(10, 0.6, 1.0));
        assertThat(Residuals.of(new double[0])).isEqualTo(new Residuals(0, 0, 0));
    }
}
