package dev.ratematch.controller.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.observe.Sizes;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What is shown of promises while a service runs.
class LiveLedgerTest extends LedgerScene {

    private static final Sizes ONE = new Sizes(1, 1);

    private TrackRecord shown() {
        return Objects.requireNonNull(record);
    }

    private void settle(Measured measured, int windows) {
        fleet = asked;
        for (int i = 0; i <= windows; i++) {
            cycle(RATE, measured);
        }
    }

    private Measured ttft(double share) {
        return new Measured(RATE, share * promise().ttftMeanSeconds(), 0.02, 0);
    }

    @Test
    void whatStandsIsShownAsSoonAsItHasSettled() {
        recommended();
        assertThat(shown().settled()).isZero();
        assertThat(shown().last()).isNull();
        assertThat(shown().ttftError()).isEmpty();
        assertThat(shown().ttft().value()).isEmpty();

        settle(ttft(1.2), 6);
        var open = ledger.open().orElseThrow();
        assertThat(shown().sinceSeconds()).isEqualTo(30);
        assertThat(shown().settled()).isEqualTo(1);
        assertThat(shown().last()).isEqualTo(open);
        assertThat(shown().ttftError()).isEqualTo(open.asItCame().ttft().error()).isPresent();
        assertThat(shown().itlError()).isEqualTo(open.asItCame().itl().error()).isPresent();
        assertThat(shown().servedError().orElseThrow()).isCloseTo(0, within(1e-9));
        assertThat(shown().ttft().value()).isEqualTo(shown().ttftError());
        assertThat(shown().ttft().of()).isEqualTo(1);
    }

    @Test
    void whatNobodyFollowsLeavesTheLastSettledOne() {
        recommended();
        settle(ttft(1.2), 6);
        var settled = Objects.requireNonNull(shown().last());
        for (int i = 0; i < 80 && closed.isEmpty(); i++) {
            cycle(0.5, new Measured(0.5, 0.2, 0.02, 0));
        }
        assertThat(closed).hasSize(1);
        cycle(0.5, new Measured(0.5, 0.2, 0.02, 0));

        assertThat(shown().settled()).isEqualTo(1);
        assertThat(Objects.requireNonNull(shown().last()).to()).isEqualTo(settled.to());
    }

    /// Two recommendations in turn, of which one promises and the other does not, and each is
    /// followed.
    @Test
    void itCountsAllAndKeepsTheLatest() {
        cycle(RATE, new Measured(RATE / 2, 9, 0.02, 100));
        Cycle silent = Objects.requireNonNull(last);
        assertThat(silent.end()).isEqualTo(ONE);
        recommended();
        Cycle promising = Objects.requireNonNull(last);
        var large = asked;
        int turns = LiveLedger.KEPT + 10;
        for (int turn = 1; turn <= turns; turn++) {
            follow(promising, large);
            follow(silent, ONE);
        }

        assertThat(shown().settled()).isEqualTo(2 * turns);
        assertThat(shown().served().of()).isEqualTo(LiveLedger.KEPT / 2);
    }

    private void follow(Cycle cycle, Sizes to) {
        frozen = cycle;
        cycle(RATE, new Measured(RATE, 0.2, 0.02, 0));
        fleet = to;
        cycle(RATE, new Measured(RATE, 0.2, 0.02, 0));
        cycle(RATE, new Measured(RATE, 0.2, 0.02, 0));
    }
}
