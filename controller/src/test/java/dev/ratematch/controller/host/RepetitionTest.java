package dev.ratematch.controller.host;

import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.core.Controller;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.sample.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RepetitionTest {

    private final Controller controller = new Controller(Samples.spec(16), Samples.laws());
    private final Repetition repetition = new Repetition();
    private State state = State.INITIAL;

    /// A look at what was scraped at some time.
    private static Snapshot look(double atSeconds, double scrapedSeconds, int decode) {
        double age = atSeconds - scrapedSeconds;
        return snapshot(
                atSeconds,
                pool(FleetCounts.steady(2), 0, 1),
                pool(FleetCounts.steady(decode), 0, 1),
                traffic(
                        new Reading.Value(30, age),
                        new Reading.Value(3000, age),
                        new Reading.Value(300, age)));
    }

    /// Looks, and decides where there is something to decide on.
    private boolean repeats(Snapshot snapshot, List<Object> around) {
        boolean same = repetition.of(state, snapshot, List.copyOf(around));
        if (!same) {
            state = controller.step(state, snapshot).state();
        }
        return same;
    }

    @Test
    void aLookBetweenTwoScrapesRepeatsTheOneBefore() {
        assertThat(repeats(look(100, 95, 3), List.of("as ever"))).isFalse();
        assertThat(repeats(look(115, 95, 3), List.of("as ever"))).isTrue();
        assertThat(repeats(look(130, 125, 3), List.of("as ever"))).isFalse();
    }

    @Test
    void otherCountsAndOtherSurroundingsAreNews() {
        assertThat(repeats(look(100, 95, 3), List.of("as ever"))).isFalse();
        assertThat(repeats(look(115, 95, 3), List.of("paused"))).isFalse();
        assertThat(repeats(look(130, 95, 4), List.of("paused"))).isFalse();
        assertThat(repeats(look(145, 95, 4), List.of("paused"))).isTrue();
    }

    @Test
    void anOpenMoveIsLookedAfterWhateverIsScraped() {
        assertThat(repeats(look(100, 95, 3), List.of())).isFalse();
        assertThat(repeats(look(115, 95, 3), List.of())).isTrue();
        var moving = controller.step(state, look(130, 125, 3)).state();
        for (double at = 160; moving.move() == null && at < 2000; at += 30) {
            moving = controller.step(moving, busy(at)).state();
        }
        assertThat(moving.move()).isNotNull();
        assertThat(repetition.of(moving, busy(2000), List.of())).isFalse();
        assertThat(repetition.of(moving, busy(2000), List.of())).isFalse();
    }

    private static Snapshot busy(double atSeconds) {
        return Samples.steady(atSeconds, 1, 1, 900);
    }
}
