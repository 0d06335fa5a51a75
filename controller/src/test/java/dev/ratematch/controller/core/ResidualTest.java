package dev.ratematch.controller.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ResidualTest {

    @Test
    void thePriorBelievesTheModel() {
        assertThat(Residual.NONE.correct(0.02)).isCloseTo(0.02, within(1e-12));
        assertThat(Residual.NONE.scale()).isCloseTo(1, within(1e-12));
    }

    @Test
    void anAffineLawIsLearntFromDifferentLoads() {
        var residual = Residual.NONE;
        for (int i = 0; i < 600; i++) {
            double modelled = 0.01 + 0.001 * (i % 40);
            residual = residual.learn(modelled, 0.003 + 1.2 * modelled);
        }
        assertThat(residual.scale()).isCloseTo(1.2, within(0.02));
        assertThat(residual.offsetSeconds()).isCloseTo(0.003, within(0.0005));
        assertThat(residual.correct(0.03)).isCloseTo(0.039, within(0.0005));
    }

    @Test
    void correctionIsBounded() {
        // Sums of the normal equations that say offset 10 s, and that say next to nothing.
        var high = new Residual(1e6, 2e4, 400, 1e7, 2e5, 0, 1e3);
        var low = new Residual(1e6, 2e4, 400, 1, 0.02, 0, 1e3);
        assertThat(high.correct(0.02))
                .isCloseTo(Residual.MOST * 0.02 + Residual.OFFSET_MAX_SECONDS, within(1e-12));
        assertThat(low.correct(0.02)).isCloseTo(Residual.LEAST * 0.02, within(1e-12));
    }

    /// One that has seen steps of 10 to 12 ms so often, off by so much either way.
    private static Residual seen(int times, double off) {
        var residual = Residual.NONE;
        for (int i = 0; i < times; i++) {
            double modelled = 0.01 + 0.001 * (i % 3);
            residual = residual.learn(modelled, modelled * (1 + (i % 2 == 0 ? off : -off)));
        }
        return residual;
    }

    @Test
    void whatIsKnownLittleOfIsUncertainAndOfNothingTheModelStandsAsItIs() {
        assertThat(Residual.NONE.deviationSeconds(0.02)).isZero();
        double first = seen(1, 0).deviationSeconds(0.011);
        double later = seen(40, 0).deviationSeconds(0.011);
        assertThat(first).isGreaterThan(4 * later).isPositive();
        assertThat(seen(40, 0.2).deviationSeconds(0.011)).isGreaterThan(2 * later);
    }

    @Test
    void aTimeFarFromAllThatWasSeenIsLessCertainUpToTheModelItself() {
        var residual = seen(40, 0.05);
        double near = residual.deviationSeconds(0.011) / 0.011;
        double far = residual.deviationSeconds(0.03) / 0.03;
        assertThat(far).isGreaterThan(2 * near);
        assertThat(residual.deviationSeconds(1e-6))
                .isCloseTo(0.15 * residual.correct(1e-6), within(1e-12));
    }

    @Test
    void aMarginNeverShrinksAsLoadGrows() {
        for (int times : new int[] {1, 3, 40, 400}) {
            var bound = seen(times, 0.1).guarded(1.645, 0.25);
            double last = 0;
            for (double modelled = 0.001; modelled < 0.1; modelled *= 1.1) {
                assertThat(bound.applyAsDouble(modelled)).isGreaterThan(last);
                last = bound.applyAsDouble(modelled);
            }
        }
    }

    @Test
    void errorsOfDemandAndCorrectionAddInSquares() {
        var residual = seen(3, 0.1);
        double mean = residual.correct(0.02);
        double unsure = 2 * residual.deviationSeconds(0.02);
        assertThat(residual.guarded(2, 0).applyAsDouble(0.02))
                .isCloseTo(mean + unsure, within(1e-12));
        assertThat(1.25 * residual.guarded(2, 0.25).applyAsDouble(0.02))
                .isCloseTo(mean + Math.hypot(0.25 * mean, unsure), within(1e-12));
    }

    @Test
    void whatWasLearntOfLittleBatchesSaysLittleOfTheSlope() {
        // Of code, reasoning, code: a batch read high at its window's end, then little ones.
        var residual = Residual.NONE.learn(0.0185, 0.0116).learn(0.0167, 0.012);
        for (int i = 0; i < 40; i++) {
            residual = residual.learn(0.0095 + 0.0005 * (i % 4), 0.0098);
        }
        assertThat(residual.scale()).isGreaterThan(0.6);
        for (int i = 0; i < 40; i++) {
            residual = residual.learn(0.017, 0.0204);
        }
        assertThat(residual.correct(0.017)).isCloseTo(0.0204, within(0.0015));
    }

    @Test
    void stragglersBendLittle() {
        var residual = Residual.NONE;
        for (int i = 0; i < 400; i++) {
            double modelled = 0.01 + 0.001 * (i % 40);
            residual = residual.learn(modelled, (i % 10 == 0 ? 1.5 : 1.0) * modelled);
        }
        assertThat(residual.correct(0.03)).isCloseTo(0.03, within(0.0009));
    }

    /// A pool at full throughput tells its iteration; one window of it is nearly believed.
    @Test
    void aPreciseSampleIsNoStraggler() {
        var usual = Residual.NONE.learn(0.4, 0.54);
        var precise = Residual.NONE.learn(0.4, 0.54, 0.05);
        assertThat(usual.correct(0.4)).isLessThan(0.47);
        assertThat(precise.correct(0.4)).isBetween(0.51, 0.54);
        // Far off, two agree where others need five.
        var far = Residual.NONE.learn(0.4, 0.8, 0.05);
        assertThat(far.correct(0.4)).isCloseTo(0.4, within(1e-12));
        assertThat(far.learn(0.4, 0.8, 0.05).correct(0.4)).isGreaterThan(0.6);
    }

    @Test
    void oneOutlierIsRefusedAndNonsenseTeachesNothing() {
        var after = Residual.NONE.learn(0.02, 0.2);
        assertThat(after.correct(0.02)).isCloseTo(0.02, within(1e-12));
        assertThat(after.refusals()).isEqualTo(1);
        assertThat(Residual.NONE.learn(0.02, Double.NaN)).isEqualTo(Residual.NONE);
        assertThat(Residual.NONE.learn(0, 0.02)).isEqualTo(Residual.NONE);
        assertThat(Residual.NONE.learn(0.02, -1)).isEqualTo(Residual.NONE);
    }
}
