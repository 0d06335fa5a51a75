package dev.ratematch.controller.observe;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;

class SloTest {

    @Test
    void aPromiseToFewerThanHalfIsRefusedWhereverItIsMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Slo(2, 0.03, 49.9))
                .withMessageContaining("slo.percentile (49.9)")
                .withMessageContaining("50");
        assertThatIllegalArgumentException().isThrownBy(() -> new Slo(2, 0.03, 99.95));
        assertThatNoException().isThrownBy(() -> new Slo(2, 0.03, 50));
        assertThatNoException().isThrownBy(() -> new Slo(2, 0.03, 99.9));
    }
}
