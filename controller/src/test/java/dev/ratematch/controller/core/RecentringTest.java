package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.estimate.Unsure;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.prospect.Experience;
import dev.ratematch.controller.prospect.Outgrown;
import dev.ratematch.controller.sample.Samples;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is done where nothing presses. 3P13D serves long prompts and short answers without a queue,
/// and decode has far more than it needs; no GPU may be given back.
class RecentringTest {

    private static final Unsure EXACT = new Unsure(0, 0);
    private static final Controller CONTROLLER = new Controller(whole(spec(32)), laws());

    /// Holds its whole budget.
    private static ServiceSpec whole(ServiceSpec spec) {
        return new ServiceSpec(
                spec.slo(),
                spec.budgetGpus(),
                spec.budgetGpus(),
                spec.prefill(),
                spec.decode(),
                spec.link(),
                spec.kvBytesPerToken(),
                spec.layers(),
                spec.tuning());
    }

    private static Snapshot seen(double at, double queued) {
        var u = Samples.UNKNOWN;
        var traffic =
                new TrafficReading(
                        Reading.of(210),
                        false,
                        u,
                        Reading.of(0),
                        Reading.of(6000),
                        u,
                        u,
                        Reading.of(40),
                        u,
                        Reading.of(0.5),
                        u,
                        Reading.of(0.008),
                        u,
                        Reading.of(0.31),
                        u,
                        u,
                        u,
                        u,
                        List.of());
        return snapshot(
                at,
                pool(FleetCounts.steady(3), queued, 1),
                pool(FleetCounts.steady(13), 0, 3),
                traffic);
    }

    private static long rebalances(Experience known, Conduct conduct, double until) {
        return rebalances(known, conduct, until, 0);
    }

    private static long rebalances(Experience known, Conduct conduct, double until, double queued) {
        var state = State.INITIAL.experiencing(known);
        long times = 0;
        for (double at = 30; at <= until && state.move() == null; at += 30) {
            var step = CONTROLLER.step(state, seen(at, queued), conduct, null);
            times += step.decision().reason() == Reason.REBALANCE ? 1 : 0;
            state = step.state();
        }
        return times;
    }

    @Test
    void replicas_change_sides_in_calm_too() {
        assertThat(rebalances(Experience.NONE, Conduct.CONTROL, 600)).isOne();
    }

    @Test
    void but_once_in_half_an_hour() {
        var before = Experience.NONE.recentred(420 - 1800.0);
        assertThat(rebalances(before, Conduct.CONTROL, 390)).isZero();
        assertThat(rebalances(before, Conduct.CONTROL, 420)).isOne();
    }

    /// Decode was given more when twelve did not do for such work.
    @Test
    void and_not_to_what_was_seen_not_to_do() {
        var work = new Outgrown.Work(7 * 6000, 7 * 40);
        var known = Experience.NONE.outgrowing(new Sizes(3, 12), new Sizes(3, 13), work, EXACT);
        assertThat(rebalances(known, Conduct.CONTROL, 600)).isZero();
    }

    /// Ten requests wait, more than in calm and fewer than the promise lets wait.
    @Test
    void nor_under_strain_that_proves_nothing() {
        var work = new Outgrown.Work(7 * 6000, 7 * 40);
        var known = Experience.NONE.outgrowing(new Sizes(3, 12), new Sizes(3, 13), work, EXACT);
        assertThat(rebalances(Experience.NONE, Conduct.CONTROL, 600, 10)).isOne();
        assertThat(rebalances(known, Conduct.CONTROL, 600, 10)).isZero();
    }

    /// More waits than the promise lets wait.
    @Test
    void but_where_it_is_proven_what_is_there_does_not_do() {
        var work = new Outgrown.Work(7 * 6000, 7 * 40);
        var known = Experience.NONE.outgrowing(new Sizes(3, 12), new Sizes(3, 13), work, EXACT);
        assertThat(rebalances(known, Conduct.CONTROL, 600, 30)).isOne();
    }

    @Test
    void advice_to_that_is_given_until_it_is_followed() {
        assertThat(rebalances(Experience.NONE, Conduct.ADVICE, 600)).isGreaterThan(3);
    }

    @Test
    void soon_after_a_move_nothing_is_given_back() {
        var controller = new Controller(spec(32), laws());
        var state = State.INITIAL.moveEnded(30);
        double shrinkAt = -1;
        for (double at = 60; at <= 3000 && shrinkAt < 0; at += 30) {
            var step = controller.step(state, steady(at, 5, 5, 60));
            state = step.state();
            shrinkAt = step.decision().reason() == Reason.SHRINK ? at : shrinkAt;
        }
        assertThat(shrinkAt).isEqualTo(30 + 6 * Tuning.DEFAULT.scaleDownWindowSeconds());
    }
}
