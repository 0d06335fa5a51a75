package dev.ratematch.controller.prospect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.sample.Samples;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Switching;
import org.junit.jupiter.api.Test;

class LagsTest {

    /// States 60 s to load, and 10 and 60 s to drain.
    private static final ServiceSpec SPEC = Samples.spec(32);

    private static final FleetCounts FOUR = FleetCounts.steady(4);

    private Lags lags = Lags.NONE;
    private double at;

    private static FleetCounts counts(int ready, int starting, int draining) {
        return new FleetCounts(ready + starting, ready, starting, 0, draining, 0);
    }

    /// Looks at so many windows of the same decode fleet.
    private void look(int windows, FleetCounts decode) {
        look(windows, 15, Samples.pool(decode, 0, 0));
    }

    private void look(int windows, double every, PoolReading decode) {
        for (int i = 0; i < windows; i++) {
            at += every;
            lags =
                    lags.saw(
                            Samples.snapshot(
                                    at, Samples.pool(FOUR, 0, 0), decode, Samples.traffic(0)));
        }
    }

    private double lead() {
        return lags.leadSeconds(SPEC);
    }

    private double drain() {
        return lags.drainSeconds(SPEC);
    }

    @Test
    void what_is_stated_stands_until_something_is_seen() {
        assertThat(lead()).isEqualTo(60);
        assertThat(drain()).isEqualTo(60);
        look(100, FOUR);
        assertThat(lead()).isEqualTo(60);
        assertThat(drain()).isEqualTo(60);
    }

    @Test
    void what_replicas_took_to_load_counts_beside_what_is_stated() {
        look(2, FOUR);
        look(12, counts(4, 6, 0));
        look(4, counts(10, 0, 0));
        // Placed and ready in the middle between two looks: 180 s each; two are presumed.
        assertThat(lead()).isCloseTo((2 * 60 + 6 * 180) / 8.0, within(1e-9));
        assertThat(drain()).isEqualTo(60);
    }

    @Test
    void it_is_longer_already_while_they_still_load_and_not_for_ever() {
        look(2, FOUR);
        look(10, counts(4, 1, 0));
        assertThat(lead()).isCloseTo(142.5, within(1e-9));
        look(100, counts(4, 1, 0));
        assertThat(lead()).isEqualTo(240);
    }

    @Test
    void who_never_got_ready_tells_nothing() {
        look(2, FOUR);
        look(10, counts(4, 2, 0));
        look(2, FOUR);
        assertThat(lead()).isEqualTo(60);
    }

    @Test
    void drains_are_learnt_alike() {
        look(2, counts(8, 0, 0));
        look(12, counts(4, 0, 4));
        look(2, counts(4, 0, 0));
        assertThat(drain()).isCloseTo((2 * 60 + 4 * 180) / 6.0, within(1e-9));
        assertThat(lead()).isEqualTo(60);
    }

    @Test
    void a_drain_that_was_over_between_two_looks_is_none() {
        look(2, counts(8, 0, 0));
        look(10, counts(4, 0, 0));
        assertThat(drain()).isEqualTo(60);
    }

    @Test
    void nothing_is_learnt_of_what_was_not_seen() {
        look(2, FOUR);
        look(4, counts(4, 2, 2));
        look(1, 15, PoolReading.unknown("not told"));
        look(4, counts(6, 0, 0));
        assertThat(lead()).isEqualTo(60);
        assertThat(drain()).isEqualTo(60);
        look(4, counts(6, 2, 0));
        look(1, 600, Samples.pool(counts(8, 0, 0), 0, 0));
        assertThat(lead()).isEqualTo(60);
    }

    @Test
    void older_ones_fade() {
        for (int i = 0; i < 30; i++) {
            look(2, counts(4, 0, 0));
            look(12, counts(4, 4, 0));
            look(1, counts(8, 0, 0));
        }
        assertThat(lags.decode().loading().ended()).isEqualTo(20);
        assertThat(lead()).isCloseTo((2 * 60 + 20 * 180) / 22.0, within(1e-9));
    }

    private static final ServiceSpec SWITCHING =
            SPEC.withSwitching(Switching.of(Switching.Actuation.BOTH, 10.0, 1));

    private double switched() {
        return lags.switchSeconds(SWITCHING, Role.DECODE);
    }

    /// One comes from prefill, three looks long, with the GPUs that it has.
    @Test
    void what_comes_from_the_other_role_teaches_how_long_a_switch_takes_and_not_a_start() {
        assertThat(switched()).isEqualTo(10 + 10);
        double lead = lead();
        look(1, FOUR);
        look(3, new FleetCounts(5, 4, 1, 0, 0, 0, 1));
        look(1, FleetCounts.steady(5));
        // From the middle between two looks to the middle between two: 45 s beside two of 20 s.
        assertThat(switched()).isCloseTo((2 * 20 + 45) / 3.0, within(1e-9));
        assertThat(lead()).isEqualTo(lead);
    }

    @Test
    void as_many_change_over_as_are_there_when_the_others_would_be() {
        // A switch to decode takes 20 s, a drain and a start 120 s: 11 come in 220 s, on average in
        // 120.
        assertThat(lags.switched(SWITCHING, Role.DECODE, 5)).isEqualTo(5);
        assertThat(lags.switched(SWITCHING, Role.DECODE, 40)).isEqualTo(11);
        assertThat(lags.switched(SPEC, Role.DECODE, 5)).isZero();
        var always = SPEC.withSwitching(Switching.of(Switching.Actuation.SWITCH, 10.0, 1));
        assertThat(lags.switched(always, Role.DECODE, 40)).isEqualTo(40);
    }
}
