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
        var high = new Residual(1e6, 2e4, 400, 1e7, 2e5, 0);
        var low = new Residual(1e6, 2e4, 400, 1, 0.02, 0);
        assertThat(high.correct(0.02))
                .isCloseTo(Residual.MOST * 0.02 + Residual.OFFSET_MAX_SECONDS, within(1e-12));
        assertThat(low.correct(0.02)).isCloseTo(Residual.LEAST * 0.02, within(1e-12));
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
