package dev.ratematch.controller.core;

import static dev.ratematch.controller.sample.Samples.laws;
import static dev.ratematch.controller.sample.Samples.spec;
import static dev.ratematch.controller.sample.Samples.steady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.estimate.Estimator;
import dev.ratematch.controller.estimate.Unsure;
import dev.ratematch.controller.guard.Reason;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Outlook;
import dev.ratematch.controller.prospect.Experience;
import dev.ratematch.controller.prospect.Outgrown;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What is given back, and what is not.
class FewerTest {

    private static final ServiceSpec SPEC = spec(16);
    private static final Controller CONTROLLER = new Controller(SPEC, laws());

    private static Sight sight(Sizes fleet, double arrived) {
        var state = State.INITIAL;
        for (double at = 30; at <= 600; at += 30) {
            var seen = steady(at, fleet.prefill(), fleet.decode(), arrived);
            state = Sight.of(SPEC, laws(), state, seen).state();
        }
        return Sight.of(SPEC, laws(), state, steady(630, fleet.prefill(), fleet.decode(), arrived));
    }

    private static Outlook outlook(Sizes fleet, double arrived) {
        return Objects.requireNonNull(sight(fleet, arrived).outlook());
    }

    @Test
    void the_last_replica_that_goes_saves_four_times_what_it_loses() {
        var fleet = new Sizes(4, 4);
        var lossy = new ArrayList<String>();
        int given = 0;
        for (double arrived = 60; arrived <= 500; arrived += 5) {
            var outlook = outlook(fleet, arrived);
            var kept = new Fewer(outlook, outlook.prospect(), fleet).lasting(new Sizes(1, 1));
            for (var role : Role.values()) {
                if (kept.of(role) < fleet.of(role)) {
                    given++;
                    var more = kept.plus(role, 1);
                    var prospect = outlook.prospect();
                    double saved =
                            prospect.price(SPEC.gpus(more)) - prospect.price(SPEC.gpus(kept));
                    double lost = saved - (prospect.value(kept) - prospect.value(more));
                    if (4 * lost > saved + 1e-9) {
                        lossy.add("%s of %s at %.0f".formatted(kept, role, arrived));
                    }
                }
            }
        }
        assertThat(given).isGreaterThan(50);
        assertThat(lossy).isEmpty();
    }

    /// Where a fleet at rest goes within half an hour; the fleet where it stays.
    private static Sizes goes(Sizes fleet, Experience known, double arrived) {
        var state = State.INITIAL.experiencing(known);
        for (double at = 30; at <= 1800; at += 30) {
            var step = CONTROLLER.step(state, steady(at, fleet.prefill(), fleet.decode(), arrived));
            state = step.state().withMove(null);
            if (step.decision().reason() == Reason.SHRINK) {
                return Objects.requireNonNull(step.cycle().end());
            }
        }
        return fleet;
    }

    @Test
    void counts_that_did_not_do_for_such_traffic_are_not_shrunk_to() {
        double arrived = 90;
        var fleet = new Sizes(3, 2);
        var work = new Outgrown.Work(arrived / 30 * 3000, arrived / 30 * 250);
        var known = Experience.NONE.outgrowing(new Sizes(3, 1), fleet, work, new Unsure(0, 0));
        assertThat(goes(fleet, Experience.NONE, arrived).decode()).isOne();
        assertThat(goes(fleet, known, arrived).decode()).isEqualTo(2);
    }

    @Test
    void a_fleet_that_grew_remembers_what_did_not_do() {
        var first = CONTROLLER.step(State.INITIAL, steady(30, 1, 1, 600));
        var grown = CONTROLLER.step(first.state(), steady(60, 1, 1, 600));
        assertThat(grown.decision().reason()).isEqualTo(Reason.GROW);
        var work = new Outgrown.Work(20 * 3000, 20 * 250);
        assertThat(grown.state().experience().outgrown().least(Role.PREFILL, work)).isEqualTo(2);
    }

    /// Of many looks the one at which the fewest requests came would else decide.
    @Test
    void what_chance_may_have_hidden_is_asked_for_too() {
        var fleet = new Sizes(4, 4);
        int more = 0;
        for (double arrived = 60; arrived <= 500; arrived += 5) {
            var sight = sight(fleet, arrived);
            var outlook = Objects.requireNonNull(sight.outlook());
            var counted = new Fewer(outlook, outlook.prospect(), fleet).lasting(new Sizes(1, 1));
            var windows = sight.state().windows();
            var kept = Fewer.of(outlook, Estimator.unsure(windows), fleet).lasting(new Sizes(1, 1));
            assertThat(kept.takesFrom(counted)).as("at %.0f", arrived).isFalse();
            more += kept.equals(counted) ? 0 : 1;
        }
        assertThat(more).isPositive();
    }

    /// One decode replica does, but a plan of the window had a third one for prefill.
    @Test
    void what_the_other_role_was_seen_to_want_is_not_given_back() {
        var fleet = new Sizes(2, 3);
        assertThat(wanting(fleet, new Sizes(2, 1))).isEqualTo(new Sizes(2, 1));
        assertThat(wanting(fleet, new Sizes(3, 1))).isEqualTo(new Sizes(2, 2));
        assertThat(wanting(fleet, new Sizes(4, 1))).isEqualTo(fleet);
    }

    /// Where a fleet goes that another pair was best for now and then; the fleet where it stays.
    private static Sizes wanting(Sizes fleet, Sizes nowAndThen) {
        var state = State.INITIAL;
        for (double at = 30; at <= 1800; at += 30) {
            var step = CONTROLLER.step(state, steady(at, fleet.prefill(), fleet.decode(), 90));
            if (step.decision().reason() == Reason.SHRINK) {
                return Objects.requireNonNull(step.cycle().end());
            }
            var seen = step.state().experience();
            state = step.state().experiencing(seen.aiming(at, nowAndThen, 300));
        }
        return fleet;
    }

    /// Where a window of a third more than came before is the only one, and where it is not.
    @Test
    void one_window_in_which_many_came_gives_no_more() {
        int first = 0;
        int second = 0;
        for (double arrived = 120; arrived <= 400; arrived += 10) {
            var fleet = new Sizes(2, 2);
            var state = sight(fleet, arrived).state();
            var one = CONTROLLER.step(state, steady(660, 2, 2, 1.3 * arrived));
            first += one.decision().reason() == Reason.GROW ? 1 : 0;
            var next = one.state().withMove(null);
            var two = CONTROLLER.step(next, steady(690, 2, 2, 1.3 * arrived));
            second += two.decision().reason() == Reason.GROW ? 1 : 0;
        }
        assertThat(second).isGreaterThan(first);
    }
}
