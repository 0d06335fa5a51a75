package dev.ratematch.controller.prospect;

import static dev.ratematch.controller.sample.Samples.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.estimate.Unsure;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import org.junit.jupiter.api.Test;

class ExperienceTest {

    private static final Need PROMPTS = new Need(8, 1);
    private static final Need ANSWERS = new Need(1.5, 7);

    private static Experience saw(Experience known, Need need, int windows) {
        var next = known;
        double at = known.atSeconds() == null ? 0 : known.atSeconds();
        for (int i = 1; i <= windows; i++) {
            next = next.saw(at + 15 * i, need, need, 10);
        }
        return next;
    }

    @Test
    void the_traffic_turns_where_another_kind_lasts_three_windows() {
        var prompts = saw(Experience.NONE, PROMPTS, 40);
        assertThat(saw(prompts, ANSWERS, 2).regimes().turns()).isZero();
        var turned = saw(prompts, ANSWERS, 3).regimes();
        assertThat(turned.turns()).isOne();
        assertThat(turned.others())
                .singleElement()
                .satisfies(r -> assertThat(r.need()).isEqualTo(PROMPTS));
        assertThat(saw(saw(prompts, ANSWERS, 2), PROMPTS, 5).regimes().turns()).isZero();
    }

    @Test
    void a_kind_that_comes_back_is_the_same_kind() {
        var known = saw(saw(saw(Experience.NONE, PROMPTS, 10), ANSWERS, 10), PROMPTS, 10).regimes();
        assertThat(known.seen()).hasSize(2);
        assertThat(known.turns()).isEqualTo(2);
        assertThat(known.seen().get(known.current()).entries()).isEqualTo(2);
    }

    @Test
    void turns_are_expected_as_often_as_they_came() {
        var calm = saw(Experience.NONE, PROMPTS, 241).regimes();
        var restless = saw(saw(Experience.NONE, PROMPTS, 120), ANSWERS, 121).regimes();
        assertThat(Regimes.NONE.hazard()).isEqualTo(1 / 900.0);
        assertThat(calm.hazard()).isCloseTo(1 / 4500.0, within(1e-6));
        assertThat(restless.hazard()).isCloseTo(2 / 4500.0, within(1e-6));
    }

    /// The windows in which another kind was noticed are of its stay.
    @Test
    void a_stay_is_as_long_as_the_kind_was_there() {
        var known = saw(saw(saw(Experience.NONE, PROMPTS, 41), ANSWERS, 30), PROMPTS, 20).regimes();
        assertThat(known.stays().past())
                .containsExactly(new Stays.Stay(0, 600, 1), new Stays.Stay(1, 450, 0));
        assertThat(known.ageSeconds()).isEqualTo(300);
        var stray = saw(saw(saw(Experience.NONE, PROMPTS, 41), ANSWERS, 2), PROMPTS, 10).regimes();
        assertThat(stray.stays()).isEqualTo(Stays.NONE);
        assertThat(stray.ageSeconds()).isEqualTo(600 + 12 * 15);
    }

    @Test
    void what_came_after_a_kind_is_known_by_its_own_count() {
        var third = new Need(3, 3);
        var known = Experience.NONE;
        for (int i = 0; i < 3; i++) {
            known = saw(saw(saw(known, PROMPTS, 10), ANSWERS, 10), third, 10);
        }
        var regimes = saw(known, PROMPTS, 10).regimes();
        assertThat(regimes.others()).extracting(regimes::followed).containsExactly(3, 0);
    }

    @Test
    void no_more_kinds_are_remembered_than_eight() {
        var known = Experience.NONE;
        for (int i = 0; i < 12; i++) {
            known = saw(known, new Need(StrictMath.pow(2, i), 1), 4);
        }
        assertThat(known.regimes().seen()).hasSize(8);
        assertThat(known.regimes().seen().getLast().need().prefill()).isEqualTo(2048);
    }

    @Test
    void errors_are_what_came_so_long_after_the_forecast() {
        var known = Experience.NONE;
        for (int i = 1; i <= 12; i++) {
            known =
                    known.saw(
                            15 * i, new Need(4, 2), i == 12 ? new Need(6, 2) : new Need(4, 2), 10);
        }
        var errors = known.track().errors(90);
        assertThat(errors).hasSize(6);
        assertThat(errors.getFirst()).isEqualTo(new Need(1, 1));
        assertThat(errors.getLast()).isEqualTo(new Need(1.5, 1));
    }

    @Test
    void what_is_learnt_of_the_engines_is_no_turn_of_the_traffic() {
        var thought = saw(Experience.NONE, PROMPTS, 10);
        var known = saw(thought.rescaled(2, 1.5), PROMPTS.times(2, 1.5), 5);
        assertThat(known.regimes().turns()).isZero();
        assertThat(known.regimes().others()).isEmpty();
        assertThat(known.track().errors(90)).isNotEmpty().containsOnly(new Need(1, 1));
        assertThat(saw(thought, PROMPTS.times(2, 1.5), 5).regimes().turns()).isOne();
    }

    @Test
    void what_is_best_for_a_moment_moves_nothing() {
        var aims = Aims.NONE;
        for (int i = 0; i <= 8; i++) {
            aims = aims.aiming(15 * i, i == 4 ? new Sizes(8, 8) : new Sizes(11, 5), 300);
        }
        assertThat(aims.reach(0)).isTrue();
        assertThat(aims.reach(-30)).isFalse();
        assertThat(aims.nearest(new Sizes(8, 8), 0)).isEqualTo(new Sizes(8, 8));
        assertThat(aims.nearest(new Sizes(8, 8), 75)).isEqualTo(new Sizes(11, 5));
        assertThat(aims.nearest(new Sizes(14, 2), 0)).isEqualTo(new Sizes(11, 5));
        assertThat(aims.aiming(600, new Sizes(1, 1), 300).points()).hasSize(1);
    }

    @Test
    void the_most_gpus_of_a_plan_are_those_of_one_since_then() {
        var aims = Aims.NONE.aiming(0, new Sizes(3, 1), 300).aiming(60, new Sizes(1, 2), 300);
        assertThat(aims.mostGpus(spec(32), 0)).isEqualTo(8);
        assertThat(aims.mostGpus(spec(32), 30)).isEqualTo(6);
        assertThat(Aims.NONE.mostGpus(spec(32), 0)).isZero();
    }

    @Test
    void a_later_start_goes_on_from_the_kinds_alone() {
        var kept = saw(saw(Experience.NONE, PROMPTS, 10), ANSWERS, 10).remembered();
        assertThat(kept.regimes().turns()).isOne();
        assertThat(kept.track()).isEqualTo(Track.NONE);
        assertThat(kept.aims()).isEqualTo(Aims.NONE);
    }

    private static final Outgrown.Work WORK = new Outgrown.Work(10_000, 5_000);
    private static final Unsure EXACT = new Unsure(0, 0);

    @Test
    void what_few_requests_refuted_may_have_been_less_work() {
        var surely = Experience.NONE.outgrowing(new Sizes(3, 2), new Sizes(3, 4), WORK, EXACT);
        var hardly = new Unsure(0.1, 0.1);
        var unsure = Experience.NONE.outgrowing(new Sizes(3, 2), new Sizes(3, 4), WORK, hardly);
        var less = new Outgrown.Work(10_000, 3_700);
        assertThat(surely.outgrown().least(Role.DECODE, less)).isZero();
        assertThat(unsure.outgrown().least(Role.DECODE, less)).isEqualTo(3);
        var much = new Outgrown.Work(14_000, 5_000);
        assertThat(surely.outgrown().least(Role.DECODE, much)).isZero();
        assertThat(unsure.outgrown().least(Role.DECODE, much)).isEqualTo(3);
    }

    private static int least(Experience known, Role role, double prefill, double decode) {
        return known.outgrown().least(role, new Outgrown.Work(prefill, decode));
    }

    @Test
    void a_count_that_did_not_do_is_not_gone_back_to_while_as_much_comes() {
        var grown = Experience.NONE.outgrowing(new Sizes(3, 2), new Sizes(3, 4), WORK, EXACT);
        assertThat(least(grown, Role.DECODE, 10_000, 5_000)).isEqualTo(3);
        assertThat(least(grown, Role.PREFILL, 10_000, 5_000)).as("prefill was enough").isZero();
        assertThat(least(grown, Role.DECODE, 10_000, 4_000)).as("less comes").isZero();
        assertThat(least(grown, Role.DECODE, 15_000, 5_000)).as("prefill has more").isZero();
    }

    @Test
    void what_did_not_do_for_one_kind_of_traffic_may_do_for_another() {
        var known =
                saw(Experience.NONE, PROMPTS, 10)
                        .outgrowing(new Sizes(3, 2), new Sizes(4, 2), WORK, EXACT);
        assertThat(least(saw(known, PROMPTS, 10), Role.PREFILL, 10_000, 5_000)).isEqualTo(4);
        assertThat(saw(known, ANSWERS, 3).outgrown()).isEqualTo(Outgrown.NONE);
    }
}
