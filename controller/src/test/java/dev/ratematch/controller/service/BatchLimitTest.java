package dev.ratematch.controller.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Slo;
import org.junit.jupiter.api.Test;

class BatchLimitTest {

    private static int sequences(String parallel) {
        var pool = PoolRequest.builder().parallel(parallel).maxSequences(128).build();
        return ServiceFactory.create(
                        ServiceRequest.builder("deepseek-r1", "b200", new Slo(5, 0.025, 95), 64)
                                .precision("nvfp4")
                                .pools(PoolRequest.DEFAULTS, pool)
                                .build())
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
