package dev.ratematch.costmodel.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class AttentionGridTest {

    @Test
    void isExactForWhatIsBilinear() {
        var grid = AttentionGrid.sample((batch, length) -> 3 + 2 * batch + 0.5 * batch * length);
        for (double batch : new double[] {1, 1.3, 7, 1000, 9000}) {
            for (double length : new double[] {1, 77, 8192, 2_000_000}) {
                assertThat(grid.at(batch, length))
                        .isCloseTo(3 + 2 * batch + 0.5 * batch * length, within(1e-3));
            }
        }
    }

    @Test
    void belowOneItIsWhatOneTakes() {
        var grid = AttentionGrid.sample((batch, length) -> 10 + batch * length);
        assertThat(grid.at(0.25, 64)).isEqualTo(grid.at(1, 64));
        assertThat(grid.at(4, 0.5)).isEqualTo(grid.at(4, 1));
    }

    @Test
    void curvesAreExactForLinesBeyondTheirEndsToo() {
        var curve = TokenCurve.sample(tokens -> 5 + 0.25 * tokens);
        for (double tokens : new double[] {1, 1.7, 100, 12_345, 5e6}) {
            assertThat(curve.at(tokens)).isCloseTo(5 + 0.25 * tokens, within(1e-6));
        }
        assertThat(curve.at(0.1)).isEqualTo(curve.at(1));
    }
}
