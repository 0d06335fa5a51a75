package dev.ratematch.controller.prospect;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.load;
import static dev.ratematch.controller.sample.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.prospect.Prospect.Waiting;
import dev.ratematch.controller.sample.Samples;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Tuning;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProspectTest {

    private static final Waiting NOTHING = new Waiting(0, 0);
    private static final double RATE = 20;

    private static Sizes best(ServiceSpec spec, Need need, Waiting waiting, Experience known) {
        return new Prospect(spec, need, RATE, waiting, known).best();
    }

    private static Experience seen(Need... needs) {
        var known = Experience.NONE;
        double at = 0;
        for (var need : needs) {
            for (int i = 0; i < 20; i++) {
                at += 15;
                known = known.saw(at, need, need, RATE);
            }
        }
        return known;
    }

    @Test
    void what_carries_all_the_traffic_of_now_leaves_no_role_in_a_corner() {
        var prompts = new Need(12, 0.4);
        var tuning = Tuning.DEFAULT.with(Option.TURN_HEDGE, 0);
        assertThat(best(spec(32, tuning), prompts, NOTHING, Experience.NONE).decode()).isOne();
        assertThat(best(spec(32), prompts, NOTHING, Experience.NONE).decode()).isGreaterThan(2);
    }

    @Test
    void a_kind_that_was_seen_is_prepared_for_by_what_it_needs_and_brings() {
        var prompts = new Need(7, 0.5);
        var answers = new Need(2, 8);
        var known = seen(prompts, answers, prompts);
        int without = best(spec(32), prompts, NOTHING, seen(prompts)).decode();
        assertThat(best(spec(32), prompts, NOTHING, known).decode()).isGreaterThan(without);
    }

    private static Experience seenFor(Experience known, Need need, int windows) {
        var next = known;
        double at = known.atSeconds() == null ? 0 : known.atSeconds();
        for (int i = 1; i <= windows; i++) {
            next = next.saw(at + 15 * i, need, need, RATE);
        }
        return next;
    }

    /// Ten minutes of either, by turns.
    @Test
    void a_turn_that_comes_by_the_clock_is_prepared_for_as_it_comes_near() {
        var prompts = new Need(9, 0.5);
        var answers = new Need(2, 8);
        var known = Experience.NONE;
        for (int i = 0; i < 4; i++) {
            known = seenFor(seenFor(known, prompts, 40), answers, 40);
        }
        var early = new Prospect(spec(32), prompts, RATE, NOTHING, seenFor(known, prompts, 10));
        var late = new Prospect(spec(32), prompts, RATE, NOTHING, seenFor(known, prompts, 36));
        assertThat(early.turnsSoon()).isFalse();
        assertThat(late.turnsSoon()).isTrue();
        assertThat(late.best().decode()).isGreaterThan(early.best().decode());
    }

    /// What is gone before replicas for it serve is not worth their weight.
    @Test
    void a_kind_that_stays_for_a_minute_is_prepared_for_less() {
        var prompts = new Need(7, 0.5);
        var answers = new Need(2, 12);
        var shortly =
                seenFor(seenFor(seenFor(Experience.NONE, prompts, 40), answers, 4), prompts, 20);
        var longer =
                seenFor(seenFor(seenFor(Experience.NONE, prompts, 40), answers, 40), prompts, 20);
        assertThat(best(spec(32), prompts, NOTHING, shortly).decode())
                .isLessThan(best(spec(32), prompts, NOTHING, longer).decode());
    }

    @Test
    void what_waits_is_worth_replicas_of_its_role() {
        var answers = new Need(4, 6);
        assertThat(best(spec(32), answers, new Waiting(0, 300), Experience.NONE).decode())
                .isGreaterThan(best(spec(32), answers, NOTHING, Experience.NONE).decode());
        var prompts = new Need(6, 4);
        assertThat(best(spec(32), prompts, new Waiting(300, 0), Experience.NONE).prefill())
                .isGreaterThan(best(spec(32), prompts, NOTHING, Experience.NONE).prefill());
    }

    /// What one role works off the other one gathers meanwhile.
    @Test
    void where_no_pair_serves_all_what_waits_makes_none_better() {
        var beyond = new Need(9, 9);
        var now = new Sizes(9, 7);
        var to = new Sizes(6, 10);
        var waits = new Prospect(spec(32), beyond, RATE, new Waiting(0, 60), Experience.NONE);
        var idle = new Prospect(spec(32), beyond, RATE, NOTHING, Experience.NONE);
        assertThat(waits.gain(now, to)).isEqualTo(idle.gain(now, to));
        var within = new Need(5, 6.9);
        var clears = new Prospect(spec(32), within, RATE, new Waiting(0, 60), Experience.NONE);
        var calm = new Prospect(spec(32), within, RATE, NOTHING, Experience.NONE);
        assertThat(clears.gain(now, to)).isGreaterThan(calm.gain(now, to) + 0.5);
    }

    /// Two stages: as long as something waits it is worked off, and then the fleet is made ready
    /// for the next turn.
    @Test
    void a_queue_is_cleared_before_the_next_turn_is_prepared_for() {
        var prompts = new Need(9, 0.5);
        var known = seen(prompts, new Need(2, 8), prompts);
        int ready = best(spec(32), prompts, NOTHING, known).prefill();
        int clearing = best(spec(32), prompts, new Waiting(25, 0), known).prefill();
        assertThat(clearing).isGreaterThan(ready + 1);
    }

    @Test
    void forecasts_that_were_off_widen_what_is_kept() {
        var need = new Need(3, 3);
        var steady = Experience.NONE;
        var bursty = Experience.NONE;
        for (int i = 1; i <= 40; i++) {
            var came = new Need(i % 2 == 0 ? 5 : 1, 3);
            steady = steady.saw(15 * i, need, need, RATE);
            bursty = bursty.saw(15 * i, need, came, RATE);
        }
        var dear = spec(32, Tuning.DEFAULT.with(Option.GPU_PRICE, 1));
        assertThat(best(dear, need, NOTHING, bursty).prefill())
                .isGreaterThan(best(dear, need, NOTHING, steady).prefill());
    }

    @Test
    void a_dearer_gpu_is_kept_less() {
        var need = new Need(3, 3);
        var dear = spec(32, Tuning.DEFAULT.with(Option.GPU_PRICE, 1));
        assertThat(dear.gpus(best(dear, need, NOTHING, Experience.NONE)))
                .isLessThan(spec(32).gpus(best(spec(32), need, NOTHING, Experience.NONE)));
    }

    @Test
    void going_costs_what_the_donors_carry_meanwhile() {
        var prospect = new Prospect(spec(32), new Need(8, 7), RATE, NOTHING, Experience.NONE);
        var now = new Sizes(8, 8);
        assertThat(prospect.gain(now, now)).isZero();
        var taking = new Sizes(10, 6);
        var difference = prospect.value(taking) - prospect.value(now);
        assertThat(prospect.gain(now, taking)).isLessThan(difference - 0.01);
    }

    /// Within two thousandths of the requests of the best of every pair of 128 replicas. Ten decode
    /// replicas were seen to load, and then to drain, for three minutes instead of one.
    @Test
    void a_fleet_that_was_seen_to_be_slow_is_moved_less_lightly() {
        var known = seen(new Need(6, 4));
        var slowToLoad = looked(looked(looked(known, 4, 0, 0, 2), 4, 10, 0, 12), 14, 0, 0, 2);
        var slowToDrain = looked(looked(looked(known, 14, 0, 0, 2), 4, 0, 10, 12), 4, 0, 0, 2);
        var from = new Sizes(8, 8);
        var to = new Sizes(11, 5);
        double usual = prospect(known).gain(from, to);
        assertThat(prospect(slowToLoad).gain(from, to)).isLessThan(usual);
        assertThat(prospect(slowToDrain).gain(from, to)).isLessThan(usual);
    }

    private static Prospect prospect(Experience known) {
        return new Prospect(spec(32), new Need(9, 7), RATE, NOTHING, known);
    }

    private static Experience looked(
            Experience known, int ready, int starting, int draining, int windows) {
        var next = known;
        var at = known.lags().atSeconds();
        double began = at == null ? 0 : at;
        var counts = new FleetCounts(ready + starting, ready, starting, 0, draining, 0);
        for (int i = 1; i <= windows; i++) {
            next =
                    next.timing(
                            Samples.snapshot(
                                    began + 15 * i,
                                    Samples.pool(FleetCounts.steady(4), 0, 0),
                                    Samples.pool(counts, 0, 0),
                                    Samples.traffic(0)));
        }
        return next;
    }

    @Test
    void the_grid_finds_what_every_pair_would() {
        var random = new SplittableRandom(3);
        var spec = large();
        assertThat(spec.mostReplicas(Role.PREFILL)).isEqualTo(127);
        for (int n = 0; n < 40; n++) {
            var need = new Need(random.nextDouble(0.2, 110), random.nextDouble(0.2, 110));
            var waiting =
                    switch (n % 3) {
                        case 0 -> new Waiting(0, random.nextDouble(0, 300));
                        case 1 -> new Waiting(random.nextDouble(0, 300), 0);
                        default -> NOTHING;
                    };
            var prospect = new Prospect(spec, need, RATE, waiting, Experience.NONE);
            double most = Double.NEGATIVE_INFINITY;
            for (int p = 1; p <= 127; p++) {
                for (int d = 1; d <= 128 - p; d++) {
                    most = Math.max(most, prospect.value(new Sizes(p, d)));
                }
            }
            assertThat(prospect.value(prospect.best()))
                    .as("%s %s", need, waiting)
                    .isCloseTo(most, within(2e-3));
        }
    }

    private static ServiceSpec large() {
        var small = spec(256);
        var prefill = new PoolSpec(2, 1, 1000, 60, 10, 8192, 256, 1.8e6);
        var decode = new PoolSpec(2, 1, 1000, 60, 60, 8192, 256, 1.8e6);
        return new ServiceSpec(
                small.slo(),
                small.budgetGpus(),
                prefill,
                decode,
                small.link(),
                small.kvBytesPerToken(),
                small.layers(),
                small.tuning());
    }

    @Test
    void a_need_is_where_the_pools_reach_the_rate() {
        var capacity = new Capacity(spec(32), laws(), load(30));
        double three = capacity.prefillSizingRequestsPerSecond(3);
        assertThat(Need.of(spec(32), capacity, three).prefill()).isCloseTo(3, within(1e-6));
        double beyond = 2 * capacity.decodeSizingRequestsPerSecond(15);
        assertThat(Need.of(spec(32), capacity, beyond).decode()).isCloseTo(30, within(1e-6));
    }

    private static double value(double drainSeconds, Sizes pair) {
        var usual = spec(32);
        var d = usual.decode();
        var draining =
                new PoolSpec(
                        d.gpusPerReplica(),
                        d.minReplicas(),
                        d.maxReplicas(),
                        d.leadTimeSeconds(),
                        drainSeconds,
                        d.maxBatchedTokens(),
                        d.maxSequences(),
                        d.kvTokens());
        var spec =
                new ServiceSpec(
                        usual.slo(),
                        usual.budgetGpus(),
                        usual.minBudgetGpus(),
                        usual.prefill(),
                        draining,
                        usual.link(),
                        usual.kvBytesPerToken(),
                        usual.layers(),
                        usual.tuning());
        return new Prospect(spec, new Need(4, 4), RATE, NOTHING, Experience.NONE).value(pair);
    }

    @Test
    void a_turn_that_free_gpus_suffice_for_waits_for_no_drain() {
        var half = new Sizes(5, 5);
        assertThat(value(600, half)).isEqualTo(value(60, half));
        var whole = new Sizes(12, 4);
        assertThat(value(600, whole)).isLessThan(value(60, whole));
    }
}
