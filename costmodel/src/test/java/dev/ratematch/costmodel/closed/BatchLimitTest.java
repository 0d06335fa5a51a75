package dev.ratematch.costmodel.closed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BatchLimitTest {

    private static double trtllm(double offered) {
        return BatchLimit.inferred("trtllm", offered);
    }

    @Test
    void aLittleMoreThanAPowerOfTwoIsALimitDrivenOverIt() {
        assertThat(trtllm(75)).isEqualTo(64);
        assertThat(trtllm(137)).isEqualTo(128);
        assertThat(trtllm(21)).isEqualTo(16);
        assertThat(trtllm(1.2)).isEqualTo(1);
    }

    @Test
    void aPowerOfTwoAndWhatIsFarFromOneFindTheirPlaces() {
        for (double offered : new double[] {0.25, 1, 2, 64, 512, 3, 6, 12, 48, 768}) {
            assertThat(trtllm(offered)).as("%s", offered).isInfinite();
        }
    }

    @Test
    void otherEnginesTakeWhatTheCacheHolds() {
        assertThat(BatchLimit.inferred("sglang", 75)).isInfinite();
        assertThat(BatchLimit.inferred("vllm", 75)).isInfinite();
    }
}
