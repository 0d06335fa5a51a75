package dev.ratematch.controller.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Slo;
import org.junit.jupiter.api.Test;

class BatchLimitTest {

    private static int sequences(String parallel) {
        var pool = new PoolRequest(null, parallel, null, null, null, null, null, 128, null);
        var asked = ServiceRequest.of("deepseek-r1", "b200", new Slo(5, 0.025, 95), 64);
        return ServiceFactory.create(
                        new ServiceRequest(
                                asked.model(),
                                asked.gpu(),
                                null,
                                null,
                                null,
                                asked.slo(),
                                64,
                                null,
                                null,
                                null,
                                PoolRequest.DEFAULTS,
                                pool))
                .spec()
                .decode()
                .maxSequences();
    }

    @Test
    void is_that_of_one_data_parallel_rank() {
        assertThat(sequences("dep8")).isEqualTo(8 * 128);
        assertThat(sequences("tp8")).isEqualTo(128);
    }
}
