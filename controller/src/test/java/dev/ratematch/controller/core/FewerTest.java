package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is given back is not asked for again.
class FewerTest {

    private static final Controller CONTROLLER = new Controller(spec(16), laws());
    private static final double SECONDS = 900;

    private record Gone(State state, double atSeconds, Sizes to) {}

    /// Where a fleet goes of itself on such a load; null where it stays.
    private static @Nullable Gone goes(Gone from, double arrived, Reason why) {
        var state = from.state();
        var fleet = from.to();
        for (double at = from.atSeconds() + 30; at <= from.atSeconds() + SECONDS; at += 30) {
            var step = CONTROLLER.step(state, steady(at, fleet.prefill(), fleet.decode(), arrived));
            state = step.state().withMove(null);
            if (step.decision().reason() == why) {
                return new Gone(state, at, Objects.requireNonNull(step.cycle().end()));
            }
        }
        return null;
    }

    @Test
    void no_load_gives_replicas_back_and_asks_for_them_when_it_is_a_little_higher() {
        var regretted = new ArrayList<String>();
        int shrunk = 0;
        for (double arrived = 60; arrived <= 720; arrived += 20) {
            for (var fleet : List.of(new Sizes(4, 1), new Sizes(4, 2), new Sizes(3, 3))) {
                var fewer = goes(new Gone(State.INITIAL, 0, fleet), arrived, Reason.SHRINK);
                shrunk += fewer == null ? 0 : 1;
                if (fewer != null && goes(fewer, 1.1 * arrived, Reason.GROW) != null) {
                    regretted.add("%s to %s at %.0f".formatted(fleet, fewer.to(), arrived));
                }
            }
        }
        assertThat(shrunk).isGreaterThan(20);
        assertThat(regretted).isEmpty();
    }
}
