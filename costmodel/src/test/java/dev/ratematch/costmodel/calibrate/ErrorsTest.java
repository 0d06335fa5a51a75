package dev.ratematch.costmodel.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ErrorsTest {

    @Test
    void tooLittleCountsAsMuchAsTooMuch() {
        var errors = Errors.of(List.of(-0.3, 0.1, 0.2));
        assertThat(errors).isEqualTo(new Errors(3, 0.2, 0.3));
        assertThat(Errors.of(List.of(-0.1, 0.3)).median()).isCloseTo(0.2, within(1e-12));
        assertThat(Errors.relative(80, 100)).isCloseTo(-0.2, within(1e-12));
    }

    @Test
    void nothingMeasuredIsNoError() {
        assertThat(Errors.of(List.of()).count()).isZero();
    }
}
