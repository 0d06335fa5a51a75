package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.traffic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import org.junit.jupiter.api.Test;

/// When one window is enough to take replicas from a role.
class ProofTest {

    private static final Controller CONTROLLER = new Controller(spec(32), laws());

    /// Prompts six times as long, after windows of some lengths.
    private static Decision afterLengths(double... lengths) {
        return waiting(600, lengths);
    }

    private static Decision waiting(double queued, double... lengths) {
        var state = State.INITIAL;
        double at = 0;
        for (double length : lengths) {
            at += 30;
            var seen =
                    snapshot(
                            at,
                            pool(FleetCounts.steady(4), 0, 1),
                            pool(FleetCounts.steady(12), 0, 300),
                            traffic(Reading.of(150), Reading.of(length), Reading.of(400)));
            state = CONTROLLER.step(state, seen).state().withMove(null);
        }
        var newest =
                snapshot(
                        at + 30,
                        pool(FleetCounts.steady(4), queued, 4),
                        pool(FleetCounts.steady(12), 0, 300),
                        traffic(Reading.of(600), Reading.of(6000), Reading.of(400)));
        return CONTROLLER.step(state, newest).decision();
    }

    @Test
    void where_lengths_jump_about_anyway_one_window_proves_nothing() {
        var told = afterLengths(1000, 1010, 990, 1000, 1005, 995, 1000, 1000);
        assertThat(told.reason()).isEqualTo(Reason.REBALANCE);
        var untold = afterLengths(400, 2000, 500, 1800, 450, 2200, 600, 1000);
        assertThat(untold).isInstanceOf(Decision.Hold.class);
    }

    /// The prompts that came are none of those that ended: four replicas would have left a queue.
    @Test
    void a_shortage_that_left_nothing_waiting_proves_nothing() {
        assertThat(waiting(0, 1000, 1010, 990, 1000)).isInstanceOf(Decision.Hold.class);
        assertThat(waiting(300, 1000, 1010, 990, 1000).reason()).isEqualTo(Reason.REBALANCE);
    }

    /// Seconds from prompts that are too long for any fleet, and a queue of them, to the move.
    private static double tradedAfter(double length) {
        var state = State.INITIAL;
        for (double at = 30; at <= 1200; at += 30) {
            boolean turned = at > 300;
            var seen =
                    snapshot(
                            at,
                            pool(FleetCounts.steady(4), turned ? 400 : 0, 4),
                            pool(FleetCounts.steady(12), 0, 300),
                            traffic(
                                    Reading.of(turned ? 60 : 150),
                                    Reading.of(turned ? length : 1000),
                                    Reading.of(400)));
            var step = CONTROLLER.step(state, seen);
            if (turned && step.decision().reason() == Reason.REBALANCE) {
                return at - 300;
            }
            state = step.state().withMove(null);
        }
        return Double.POSITIVE_INFINITY;
    }

    @Test
    void where_no_fleet_meets_the_targets_only_what_was_best_for_five_minutes_is_done() {
        assertThat(tradedAfter(6_000)).isLessThan(100);
        assertThat(tradedAfter(150_000)).isBetween(300.0, 400.0);
    }
}
