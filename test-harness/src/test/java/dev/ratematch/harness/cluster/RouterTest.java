package dev.ratematch.harness.cluster;

import static dev.ratematch.harness.cluster.Plants.SECOND;
import static dev.ratematch.harness.cluster.Plants.exact;
import static dev.ratematch.harness.cluster.Plants.llama;
import static dev.ratematch.harness.cluster.Plants.request;
import static dev.ratematch.harness.cluster.Plants.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.traffic.Request;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterTest {

    /// Completions of each replica after eight requests, the first of them long.
    private static List<Long> served(PlantSettings.Router router, Role role) {
        var requests = new ArrayList<Request>();
        for (int i = 0; i < 8; i++) {
            requests.add(request(i * 0.05, i == 0 ? 60_000 : 100, 20));
        }
        var settings = Plants.routed(exact(llama(32)), router);
        var cluster = running(settings, Plants.of(requests.toArray(Request[]::new)), 2, 2);
        cluster.runUntil(60 * SECOND);
        var served = new ArrayList<Long>();
        cluster.scrape(role, (_, body) -> served.add(completions(body)));
        return served;
    }

    private static long completions(String body) {
        return (long)
                body.lines()
                        .filter(line -> line.startsWith("vllm:request_success_total{"))
                        .mapToDouble(
                                line ->
                                        Double.parseDouble(
                                                line.substring(line.lastIndexOf(' ') + 1)))
                        .sum();
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
