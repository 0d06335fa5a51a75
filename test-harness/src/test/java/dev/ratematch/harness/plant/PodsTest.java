package dev.ratematch.harness.plant;

import static dev.ratematch.harness.plant.Plants.SECOND;
import static dev.ratematch.harness.plant.Plants.llama;
import static dev.ratematch.harness.plant.Plants.poisson;
import static dev.ratematch.harness.plant.Plants.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.controller.observe.Role;
import org.junit.jupiter.api.Test;

class PodsTest {

    @Test
    void a_new_replica_loads_for_about_a_minute_and_holds_its_gpus_meanwhile() {
        var cluster = running(llama(32), poisson(1, 10, 100, 10, 1), 1, 1);
        cluster.runUntil(SECOND);
        cluster.scale(Role.PREFILL, 2);
        assertThat(cluster.fleet(Role.PREFILL)).isEqualTo(new FleetView(2, 1, 1, 0, 0));
        assertThat(cluster.gpusHeld()).isEqualTo(6);
        cluster.runUntil(40 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL).ready()).isEqualTo(1);
        cluster.runUntil(85 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL).ready()).isEqualTo(2);
        assertThat(cluster.gpuHours()).isCloseTo((4 * 85 + 2 * 84) / 3600.0, within(1e-9));
    }

    @Test
    void a_replica_without_a_host_stays_pending_until_a_drained_one_leaves() {
        var cluster = running(llama(8), poisson(8, 60, 1000, 500, 1), 2, 2);
        cluster.runUntil(20 * SECOND);
        cluster.scale(Role.PREFILL, 3);
        cluster.runUntil(90 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL)).isEqualTo(new FleetView(3, 2, 0, 1, 0));
        cluster.scale(Role.DECODE, 1);
        cluster.runUntil(200 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL).ready()).isEqualTo(3);
        assertThat(cluster.gpusHeld()).isEqualTo(8);
    }

    @Test
    void a_draining_replica_keeps_its_gpus_until_its_last_sequence_ends() {
        var cluster = running(llama(32), poisson(8, 30, 1000, 2000, 1), 2, 2);
        cluster.runUntil(30 * SECOND);
        cluster.scale(Role.DECODE, 1);
        cluster.runUntil(31 * SECOND);
        assertThat(cluster.fleet(Role.DECODE)).isEqualTo(new FleetView(1, 1, 0, 0, 1));
        cluster.runUntil(400 * SECOND);
        assertThat(cluster.fleet(Role.DECODE).draining()).isZero();
        assertThat(cluster.log().dropped()).isZero();
    }

    @Test
    void a_lost_host_loses_its_requests_by_name_and_its_replicas_come_back_elsewhere() {
        var cluster = running(llama(16), poisson(20, 60, 1000, 200, 1), 2, 2);
        cluster.runUntil(20 * SECOND);
        cluster.loseHost(0);
        assertThat(cluster.log().dropped()).isPositive();
        assertThat(cluster.fleet(Role.PREFILL).ready()).isZero();
        cluster.runUntil(600 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL).ready()).isEqualTo(2);
        assertThat(cluster.fleet(Role.DECODE).ready()).isEqualTo(2);
        assertThat(cluster.inside()).isZero();
        assertThat(cluster.log().completed() + cluster.log().dropped())
                .isEqualTo(cluster.offered());
    }

    @Test
    void a_blocked_scheduler_leaves_new_pods_pending() {
        var cluster = running(llama(32), poisson(1, 10, 100, 10, 1), 1, 1);
        cluster.runUntil(SECOND);
        cluster.blockScheduling(true);
        cluster.scale(Role.DECODE, 3);
        cluster.runUntil(300 * SECOND);
        assertThat(cluster.fleet(Role.DECODE)).isEqualTo(new FleetView(3, 1, 0, 2, 0));
        cluster.blockScheduling(false);
        cluster.runUntil(400 * SECOND);
        assertThat(cluster.fleet(Role.DECODE).ready()).isEqualTo(3);
    }
}
