package dev.ratematch.harness.plant;

import static dev.ratematch.harness.plant.Plants.SECOND;
import static dev.ratematch.harness.plant.Plants.llama;
import static dev.ratematch.harness.plant.Plants.poisson;
import static dev.ratematch.harness.plant.Plants.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Role;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Replicas that change their role, as the simulated cluster plays it.
class RoleChangesTest {

    private static Cluster serving(RoleSwitch how, int prefill, int decode) {
        return running(
                llama(32).withRoleSwitch(how), poisson(8, 300, 1000, 200, 1), prefill, decode);
    }

    private static int out(Cluster cluster) {
        return cluster.fleet(Role.PREFILL).switching() + cluster.fleet(Role.DECODE).switching();
    }

    @Test
    void replicas_go_over_one_after_the_other_with_the_gpus_that_they_have() {
        var cluster = serving(RoleSwitch.taking(5, 1), 8, 8);
        cluster.runUntil(20 * SECOND);
        cluster.trade(5, 11);
        for (int second = 21; second < 120; second++) {
            cluster.runUntil(second * SECOND);
            assertThat(out(cluster)).isLessThanOrEqualTo(1);
            assertThat(cluster.gpusHeld()).isEqualTo(32);
        }
        assertThat(cluster.fleet(Role.PREFILL)).isEqualTo(FleetViews.steady(5));
        assertThat(cluster.fleet(Role.DECODE)).isEqualTo(FleetViews.steady(11));
        cluster.runUntil(900 * SECOND);
        assertThat(cluster.log().dropped()).isZero();
        assertThat(cluster.inside()).isZero();
    }

    @Test
    void what_is_traded_goes_over_and_the_rest_starts() {
        var cluster = serving(RoleSwitch.taking(5, 2), 8, 4);
        cluster.runUntil(20 * SECOND);
        cluster.trade(6, 7);
        cluster.runUntil(21 * SECOND);
        var decode = cluster.fleet(Role.DECODE);
        assertThat(decode.starting()).isEqualTo(3);
        assertThat(decode.switching()).isEqualTo(2);
        cluster.runUntil(200 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL)).isEqualTo(FleetViews.steady(6));
        assertThat(cluster.fleet(Role.DECODE)).isEqualTo(FleetViews.steady(7));
    }

    @Test
    void a_replica_leaves_decode_only_when_its_last_answer_has_ended() {
        var cluster =
                running(
                        llama(32).withRoleSwitch(RoleSwitch.taking(1, 1)),
                        poisson(8, 30, 1000, 2000, 1),
                        2,
                        2);
        cluster.runUntil(30 * SECOND);
        cluster.trade(3, 1);
        cluster.runUntil(35 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL).switching()).isEqualTo(1);
        assertThat(cluster.serving(Role.DECODE)).hasSize(2);
        cluster.runUntil(400 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL)).isEqualTo(FleetViews.steady(3));
        assertThat(cluster.log().dropped()).isZero();
    }

    @Test
    void one_that_has_not_begun_to_switch_is_called_back() {
        var cluster =
                running(
                        llama(32).withRoleSwitch(RoleSwitch.taking(1, 1)),
                        poisson(8, 30, 1000, 2000, 1),
                        2,
                        2);
        cluster.runUntil(30 * SECOND);
        cluster.trade(3, 1);
        cluster.runUntil(31 * SECOND);
        cluster.trade(2, 2);
        assertThat(cluster.fleet(Role.DECODE)).isEqualTo(FleetViews.steady(2));
        assertThat(out(cluster)).isZero();
    }

    @Test
    void one_that_does_not_drain_in_time_serves_on_and_is_tried_again() {
        var impatient = new RoleSwitch(1, 0, 0, 0, 0, 2, 1);
        var cluster =
                running(llama(32).withRoleSwitch(impatient), poisson(8, 30, 1000, 2000, 1), 2, 2);
        cluster.runUntil(30 * SECOND);
        cluster.trade(3, 1);
        cluster.runUntil(34 * SECOND);
        assertThat(cluster.fleet(Role.DECODE).ready() + out(cluster)).isEqualTo(2);
        cluster.runUntil(600 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL)).isEqualTo(FleetViews.steady(3));
    }

    @Test
    void one_that_refuses_stays_and_one_that_breaks_is_replaced() {
        var refusing = serving(RoleSwitch.taking(5, 1).refusing(1, 0), 4, 4);
        refusing.runUntil(20 * SECOND);
        refusing.trade(3, 5);
        refusing.runUntil(250 * SECOND);
        assertThat(refusing.fleet(Role.PREFILL).ready() + out(refusing)).isEqualTo(4);
        var breaking = serving(RoleSwitch.taking(5, 1).refusing(0, 1), 4, 4);
        breaking.runUntil(20 * SECOND);
        breaking.trade(3, 5);
        breaking.runUntil(300 * SECOND);
        assertThat(breaking.fleet(Role.PREFILL)).isEqualTo(FleetViews.steady(3));
        assertThat(breaking.fleet(Role.DECODE)).isEqualTo(FleetViews.steady(5));
        breaking.runUntil(900 * SECOND);
        assertThat(breaking.log().dropped()).isZero();
    }

    /// A host that dies takes those along that are on their way.
    @Test
    void whatever_happens_the_counts_are_reached_and_nothing_is_held_twice() {
        for (long seed = 1; seed <= 30; seed++) {
            var random = new SplittableRandom(seed);
            var how =
                    RoleSwitch.taking(random.nextDouble(20), 1 + random.nextInt(4))
                            .refusing(0.2, 0.1);
            var cluster = serving(how, 8, 7);
            int prefill = 8;
            for (int at = 20; at < 400; at += 10) {
                cluster.runUntil(at * SECOND);
                assertThat(cluster.gpusHeld()).as("seed %d", seed).isLessThanOrEqualTo(32);
                if (random.nextInt(4) == 0) {
                    prefill = 1 + random.nextInt(10);
                    cluster.trade(prefill, 12 - prefill);
                }
                if (at == 200) {
                    cluster.loseHost(random.nextInt(4));
                }
            }
            cluster.runUntil(3000 * SECOND);
            assertThat(cluster.fleet(Role.PREFILL))
                    .as("seed %d", seed)
                    .isEqualTo(FleetViews.steady(prefill));
            assertThat(cluster.fleet(Role.DECODE)).isEqualTo(FleetViews.steady(12 - prefill));
        }
    }

    @Test
    void engines_of_two_widths_cannot_change_over() {
        var wide = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp4");
        var narrow = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp2");
        var mixed = PlantSettings.of(narrow, wide, 32);
        assertThatThrownBy(() -> mixed.withRoleSwitch(RoleSwitch.taking(5, 1)))
                .hasMessageContaining("engines of 2 and 4 GPUs");
    }

    private static final class FleetViews {

        static FleetView steady(int replicas) {
            return new FleetView(replicas, replicas, 0, 0, 0);
        }
    }
}
