package dev.ratematch.costmodel.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class DecodeBatchTest {

    private static double rate(double batch) {
        return DecodeBatch.requestsPerSecond(batch, 100, 0.01 + 1e-4 * batch);
    }

    @Test
    void theBatchThatGathersEndsAsManyAsCome() {
        double batch = DecodeBatch.gathering(rate(40), 256, DecodeBatchTest::rate);
        assertThat(rate(40)).isCloseTo(40 / 1.4, within(1e-12));
        assertThat(batch).isCloseTo(40, within(1e-9));
    }

    @Test
    void moreThanItCarriesFillsIt() {
        assertThat(DecodeBatch.gathering(1e6, 256, DecodeBatchTest::rate)).isEqualTo(256);
    }

    @Test
    void sequencesHoldThePromptAndOnAverageHalfTheAnswer() {
        assertThat(Residence.meanTokens(3000, 400, 0)).isEqualTo(3200);
        assertThat(Residence.meanTokens(3000, 400, 1)).isEqualTo(3400);
        assertThat(Residence.finalTokens(3000, 400)).isEqualTo(3400);
    }

    @Test
    void aCacheHoldsMoreSequencesOfAllAgesThanOfFullLength() {
        assertThat(Residence.sequences(1e6, Residence.meanTokens(1000, 4000, 0)))
                .isCloseTo(0.92 * 1e6 / 3000, within(1e-9))
                .isGreaterThan(Residence.reserved(1_000_000, Residence.finalTokens(1000, 4000)));
        assertThat(Residence.reserved(1_000_000, 5000)).isEqualTo(200);
    }
}
