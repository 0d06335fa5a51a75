package dev.ratematch.harness.plant;

import static dev.ratematch.harness.plant.Plants.SECOND;
import static dev.ratematch.harness.plant.Plants.llama;
import static dev.ratematch.harness.plant.Plants.placed;
import static dev.ratematch.harness.plant.Plants.poisson;
import static dev.ratematch.harness.plant.Plants.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.plant.Hosts.Share;
import org.junit.jupiter.api.Test;

class HostsTest {

    @Test
    void a_replica_that_fits_a_host_goes_to_the_fullest_and_spans_none() {
        var hosts = new Hosts(16, new Topology(8, 8));
        assertThat(hosts.take(6)).containsExactly(new Share(0, 6));
        assertThat(hosts.take(4)).containsExactly(new Share(1, 4));
        assertThat(hosts.take(2)).containsExactly(new Share(0, 2));
        assertThat(hosts.take(6)).as("four are free, on one host").isNull();
    }

    @Test
    void a_wide_replica_takes_whole_hosts_of_one_domain() {
        var hosts = new Hosts(32, new Topology(4, 16));
        assertThat(hosts.take(2)).containsExactly(new Share(0, 2));
        var wide = hosts.take(16);
        assertThat(wide)
                .containsExactly(
                        new Share(4, 4), new Share(5, 4), new Share(6, 4), new Share(7, 4));
        assertThat(hosts.take(16)).as("14 GPUs are free, 12 of them on whole hosts").isNull();
        if (wide != null) {
            hosts.giveBack(wide);
        }
        assertThat(hosts.take(8)).as("the fuller domain").first().isEqualTo(new Share(1, 4));
    }

    @Test
    void a_lost_host_takes_every_replica_that_spans_it_along() {
        var tp8 = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp8");
        var settings = placed(PlantSettings.of(tp8, tp8, 32), new Topology(4, 16));
        var cluster = running(settings, poisson(2, 30, 1000, 200, 1), 2, 2);
        cluster.runUntil(10 * SECOND);
        cluster.loseHost(1);
        assertThat(cluster.fleet(Role.PREFILL).ready()).isEqualTo(1);
        assertThat(cluster.fleet(Role.DECODE).ready()).isEqualTo(2);
        cluster.runUntil(300 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL))
                .as("four GPUs are left and the engine needs eight")
                .isEqualTo(new FleetView(2, 1, 0, 1, 0));
    }

    @Test
    void an_engine_wider_than_a_domain_is_refused() {
        var tp8 = MeasuredShapes.named("llama-3.1-70b", "b200", "nvfp4", "tp8");
        var wide = PlantSettings.of(tp8, tp8, 32);
        assertThatThrownBy(() -> placed(wide, new Topology(4, 4)))
                .hasMessageContaining("engine")
                .hasMessageContaining("8");
        assertThatThrownBy(() -> new Topology(4, 6)).hasMessageContaining("multiple");
    }

    @Test
    void a_host_pulls_the_image_once_and_what_starts_there_meanwhile_waits_for_it() {
        var settings = placed(llama(16), new Topology(8, 8));
        var cluster = running(settings, poisson(1, 400, 100, 10, 1), 1, 1);
        cluster.runUntil(SECOND);
        cluster.scale(Role.PREFILL, 3); // the host that runs already
        cluster.runUntil(62 * SECOND);
        assertThat(cluster.fleet(Role.PREFILL).ready()).isEqualTo(3);
        cluster.scale(Role.PREFILL, 5); // a new host
        cluster.runUntil((62 + 85) * SECOND);
        assertThat(cluster.fleet(Role.PREFILL).ready()).isEqualTo(3);
        cluster.runUntil((62 + 95) * SECOND);
        assertThat(cluster.fleet(Role.PREFILL).ready()).isEqualTo(5);
    }
}
