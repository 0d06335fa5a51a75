package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.guard.Freshness;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A look at the replicas between two reads of the metrics.
class LaterLookTest {

    private static final double ARRIVED = 300;
    private static final FleetCounts PREFILL = FleetCounts.steady(3);
    private static final FleetCounts DECODE = FleetCounts.steady(2);

    private static Snapshot read(double at) {
        return steady(at, 3, 2, ARRIVED);
    }

    private static Step warm(Controller controller) {
        var first = controller.step(State.INITIAL, read(30));
        return controller.step(first.state(), read(60));
    }

    @Test
    void grows_older_and_counts_anew() {
        var lost = new FleetCounts(2, 1, 1, 0, 0, 0);
        var later = read(60).later(68, PREFILL, lost);

        assertThat(later.atSeconds()).isEqualTo(68);
        assertThat(later.decode().ready()).isEqualTo(Reading.of(1));
        assertThat(later.decode().starting()).isEqualTo(Reading.of(1));
        assertThat(later.traffic().arrived()).isEqualTo(new Reading.Value(ARRIVED, 8));
        assertThat(later.windowSeconds()).isEqualTo(new Reading.Value(30, 8));
    }

    @Test
    void is_stale_once_it_is_two_windows_old() {
        assertThat(read(60).later(119, PREFILL, DECODE).traffic().arrived().known()).isTrue();
        assertThat(read(60).later(120, PREFILL, DECODE).traffic().arrived())
                .isEqualTo(new Reading.Stale(60));
    }

    @Test
    void decides_by_the_window_that_stands_and_adds_none() {
        var controller = new Controller(spec(16), laws());
        var read = warm(controller);
        var looked = controller.step(read.state(), read(60).later(65, PREFILL, DECODE));

        assertThat(looked.state().windows()).isEqualTo(read.state().windows());
        assertThat(looked.state().calibration()).isEqualTo(read.state().calibration());
        assertThat(looked.cycle().decision().reason()).isNotEqualTo(Reason.TELEMETRY_UNKNOWN);
        assertThat(looked.cycle().explanation().estimate())
                .isEqualTo(read.cycle().explanation().estimate());
        assertThat(Freshness.readable(looked.cycle().snapshot(), Reason.FLEET_IN_TRANSITION))
                .isTrue();
    }

    @Test
    void is_no_look_at_the_traffic_once_something_is_wrong() {
        var controller = new Controller(spec(16), laws());
        var read = warm(controller);
        var warned = read(60).later(65, PREFILL, DECODE).warned(List.of("a pod is silent"));

        assertThat(controller.step(read.state(), warned).cycle().decision().reason())
                .isEqualTo(Reason.TELEMETRY_UNKNOWN);
    }

    @Test
    void is_no_look_at_the_traffic_once_another_window_could_be_over() {
        var controller = new Controller(spec(16), laws());
        var read = warm(controller);
        var late = controller.step(read.state(), read(60).later(90, PREFILL, DECODE));

        assertThat(late.cycle().decision().reason()).isEqualTo(Reason.TELEMETRY_UNKNOWN);
    }

    @Test
    void follows_another_budget_at_once() {
        var read = warm(new Controller(spec(16), laws()));
        var next = new Controller(spec(8), laws());
        var looked = next.step(read.state().retuned(), read(60).later(62, PREFILL, DECODE));

        assertThat(looked.cycle().decision().reason()).isNotEqualTo(Reason.WARMING_UP);
        assertThat(looked.cycle().explanation().estimate())
                .isEqualTo(read.cycle().explanation().estimate());
    }
}
