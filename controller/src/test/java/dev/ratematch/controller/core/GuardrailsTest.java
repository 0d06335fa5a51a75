package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.pool;
import static dev.ratematch.controller.sample.Samples.snapshot;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.sample.Samples;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardrailsTest {

    private static final ServiceSpec SPEC = spec(32);

    /// Requests per second of which seven decode replicas carry three quarters.
    private static final double RATE = 125;

    private static final Controller CONTROLLER = new Controller(SPEC, laws());

    @Test
    void what_is_given_back_leaves_enough_to_lose_one_more_replica() {
        int shrunk = 0;
        for (int arrived = 150; arrived <= 900; arrived += 50) {
            var step = untilShrink(arrived);
            if (step == null) {
                continue;
            }
            shrunk++;
            var move = step.state().move();
            var estimate = step.explanation().estimate();
            if (move == null || estimate == null) {
                throw new AssertionError("A shrink without a move or an estimate: " + step);
            }
            var capacity = new Capacity(SPEC, laws(), estimate);
            double rate = estimate.requestsPerSecond();
            int p = move.to().prefill();
            int d = move.to().decode();
            if (p < 8) {
                assertThat(served(capacity, rate, p - 1, d))
                        .as("%d: %dP%dD", arrived, p, d)
                        .isOne();
            }
            if (d < 8) {
                assertThat(served(capacity, rate, p, d - 1))
                        .as("%d: %dP%dD", arrived, p, d)
                        .isOne();
            }
        }
        assertThat(shrunk).isGreaterThan(5);
    }

    private static double served(Capacity capacity, double rate, int prefill, int decode) {
        return prefill < 1 || decode < 1
                ? 1 // a pool of one has none to lose
                : Planner.servedShare(capacity, new Demand(rate, rate), new Sizes(prefill, decode));
    }

    private static @Nullable Step untilShrink(int arrived) {
        var state = State.INITIAL;
        for (double at = 30; at <= 900; at += 30) {
            var step = CONTROLLER.step(state, steady(at, 8, 8, arrived));
            state = step.state();
            if (step.decision().reason() == Reason.SHRINK) {
                return step;
            }
        }
        return null;
    }

    /// Windows of 15 s of half the traffic that decode carries, then of twice as much.
    private static Reason after(int calm, int short15, double queued) {
        var state = State.INITIAL;
        Step step = null;
        for (int i = 1; i <= calm + short15; i++) {
            boolean enough = i <= calm;
            step =
                    CONTROLLER.step(
                            state,
                            window15(
                                    15 * i, enough ? RATE / 2 : RATE, enough ? 0 : queued, enough));
            state = step.state();
        }
        return step == null ? Reason.WARMING_UP : step.decision().reason();
    }

    private static Snapshot window15(double at, double rate, double queued, boolean fast) {
        var u = Samples.UNKNOWN;
        var latency = fast ? Reading.of(0.01) : u;
        var seen =
                snapshot(
                        at,
                        pool(FleetCounts.steady(9), 0, 1),
                        pool(FleetCounts.steady(7), queued, 500),
                        new TrafficReading(
                                Reading.of(15 * rate),
                                false,
                                u,
                                u,
                                Reading.of(1000),
                                u,
                                u,
                                Reading.of(600),
                                u,
                                latency,
                                u,
                                latency,
                                u,
                                u,
                                u,
                                u,
                                u,
                                u,
                                List.of()));
        return new Snapshot(
                at, Reading.of(15), seen.prefill(), seen.decode(), seen.traffic(), List.of());
    }

    @Test
    void a_queue_proves_at_once_that_replicas_are_in_the_wrong_role() {
        assertThat(after(4, 1, 400)).isEqualTo(Reason.REBALANCE);
    }
}
