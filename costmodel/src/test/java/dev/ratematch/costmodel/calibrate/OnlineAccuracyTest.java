package dev.ratematch.costmodel.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.table.Table;
import dev.ratematch.costmodel.table.Tables;
import org.junit.jupiter.api.Test;

final class OnlineAccuracyTest {

    /// Says what it saw last.
    private record Last(double seconds) implements OnlineAccuracy.Learner {

        @Override
        public double correct(double modelledSeconds) {
            return seconds;
        }

        @Override
        public OnlineAccuracy.Learner learn(double modelledSeconds, double observedSeconds) {
            return new Last(observedSeconds);
        }
    }

    /// Iterations of 100 ms each, but the last of them takes 200.
    private static Table iterations(int count) {
        var text =
                new StringBuilder(
                        "prefill_requests,prefill_tokens,prefill_kv_tokens,observed_ms,aic_ms\n");
        for (int i = 1; i <= count; i++) {
            text.append("1,4096,0,").append(i == count ? 200 : 100).append(",150\n");
        }
        return Tables.of(text.toString());
    }

    @Test
    void eachIsPredictedBeforeItIsLearntFrom() {
        var accuracy =
                OnlineAccuracy.of(
                        iterations(OnlineAccuracy.LEARNT_FIRST + 1),
                        TestKernels.of(Accelerators.B200),
                        new Last(0));
        assertThat(accuracy.online()).isEqualTo(new Errors(1, 0.5, 0.5));
        assertThat(accuracy.peer().median()).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void theFirstIterationsOnlyTeach() {
        var accuracy =
                OnlineAccuracy.of(
                        iterations(OnlineAccuracy.LEARNT_FIRST),
                        TestKernels.of(Accelerators.B200),
                        new Last(0));
        assertThat(accuracy.kernels().count()).isZero();
    }
}
