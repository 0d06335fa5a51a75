package dev.ratematch.harness.plant;

import static dev.ratematch.harness.plant.EngineObserver.NONE;
import static dev.ratematch.harness.plant.Plants.SECOND;
import static dev.ratematch.harness.plant.Plants.exact;
import static dev.ratematch.harness.plant.Plants.llama;
import static dev.ratematch.harness.plant.Plants.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.traffic.Request;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class RouterTest {

    /// Completions of each replica after eight requests, the first of them long.
    private static long[] served(PlantSettings.Router router, Role role) {
        var requests = new ArrayList<Request>();
        for (int i = 0; i < 8; i++) {
            requests.add(request(i * 0.05, i == 0 ? 60_000 : 100, 20));
        }
        var settings = Plants.routed(exact(llama(32)), router);
        var served = new long[2];
        var cluster =
                new Cluster(
                        settings,
                        Plants.of(requests.toArray(Request[]::new)),
                        DecodeChoice.AFTER_PREFILL,
                        RequestObserver.NONE,
                        engine -> engine.role() == role ? ending(served, engine.number()) : NONE);
        cluster.scale(Role.PREFILL, 2);
        cluster.scale(Role.DECODE, 2);
        cluster.runUntil(60 * SECOND);
        return served;
    }

    private static EngineObserver ending(long[] served, int number) {
        return new EngineObserver() {
            @Override
            public void prefilled(Job job, long nowNanos, long passNanos) {
                served[number]++;
            }

            @Override
            public void decoded(Job job, long nowNanos) {
                served[number]++;
            }
        };
    }

    @Test
    void round_robin_gives_every_replica_of_either_pool_its_turn() {
        assertThat(served(PlantSettings.Router.ROUND_ROBIN, Role.PREFILL)).containsExactly(4L, 4L);
        assertThat(served(PlantSettings.Router.ROUND_ROBIN, Role.DECODE)).containsExactly(4L, 4L);
    }

    @Test
    void least_loaded_spares_the_replica_that_computes_a_long_prompt() {
        assertThat(served(PlantSettings.Router.LEAST_LOADED, Role.PREFILL))
                .containsExactlyInAnyOrder(1L, 7L);
    }
}
