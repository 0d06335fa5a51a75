package dev.ratematch.controller.prospect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.prospect.Regimes.Ending;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StaysTest {

    private static final double HAZARD = 1 / 900.0;

    /// Two kinds by turns.
    private static Stays stays(double... seconds) {
        var stays = Stays.NONE;
        for (int i = 0; i < seconds.length; i++) {
            stays = stays.ended(i % 2, seconds[i], 1 - i % 2);
        }
        return stays;
    }

    private static double nearness(Stays stays, double age) {
        return new Ending(stays.foretold(0), age, HAZARD).nearness(150);
    }

    @Test
    void of_a_kind_that_never_ended_nothing_is_foretold() {
        assertThat(Stays.NONE.foretold(0)).isNull();
        assertThat(nearness(Stays.NONE, 500)).isOne();
        assertThat(stays(600, 300).foretold(2)).isNull();
    }

    @Test
    void where_stays_are_alike_the_turn_is_near_at_their_end_and_not_before() {
        var alike = stays(600, 300, 590, 310, 610, 305, 600, 300);
        assertThat(nearness(alike, 100)).isOne();
        assertThat(nearness(alike, 500)).isGreaterThan(5);
        assertThat(nearness(alike, 550)).isGreaterThan(nearness(alike, 450));
    }

    /// A turn that did not come when it should have is no pattern any more.
    @Test
    void what_is_long_overdue_is_not_near() {
        var alike = stays(600, 300, 590, 310, 610, 305, 600, 300);
        assertThat(nearness(alike, 2400)).isLessThan(1.5);
    }

    @Test
    void where_stays_differ_as_chance_has_it_no_turn_is_near() {
        var random = new SplittableRandom(7);
        double[] lengths = new double[24];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = -900 * StrictMath.log(1 - random.nextDouble());
        }
        var chance = stays(lengths);
        for (double age = 0; age < 3000; age += 150) {
            assertThat(nearness(chance, age)).as("age %s", age).isLessThan(1.3);
        }
    }

    @Test
    void one_stay_says_less_than_several() {
        assertThat(nearness(stays(600, 300), 550))
                .isBetween(1.0, nearness(stays(600, 300, 600, 300, 600, 300), 550));
    }

    @Test
    void the_mean_stay_of_a_kind_is_unknown_until_one_ended() {
        assertThat(stays(600, 300, 500).meanSeconds(0)).isCloseTo(550, within(1e-9));
        assertThat(stays(600).meanSeconds(1)).isInfinite();
    }

    @Test
    void a_kind_that_is_forgotten_leaves_the_others_where_they_were() {
        var stays = Stays.NONE.ended(0, 10, 1).ended(1, 20, 2).ended(2, 30, 0).ended(0, 40, 2);
        var kept = stays.without(1);
        assertThat(kept.past()).containsExactly(new Stays.Stay(1, 30, 0), new Stays.Stay(0, 40, 1));
        assertThat(kept.followed(0, 1)).isOne();
    }

    @Test
    void the_oldest_is_forgotten() {
        assertThat(stays(new double[40]).past()).hasSize(32);
    }
}
