package dev.ratematch.controller.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.PoolSpec;
import org.junit.jupiter.api.Test;

class BatchLimitTest {

    private static PoolSpec decode(String parallel) {
        var pool =
                PoolRequest.builder()
                        .parallel(parallel)
                        .maxBatchedTokens(4096)
                        .maxSequences(128)
                        .build();
        return ServiceFactory.create(
                        ServiceRequest.builder("deepseek-r1", "b200", new Slo(5, 0.025, 95), 64)
                                .precision("nvfp4")
                                .pools(PoolRequest.DEFAULTS, pool)
                                .build())
                .spec()
                .decode();
    }

    @Test
    void both_are_those_of_one_data_parallel_rank() {
        assertThat(decode("dep8").maxSequences()).isEqualTo(8 * 128);
        assertThat(decode("dep8").maxBatchedTokens()).isEqualTo(8 * 4096);
        assertThat(decode("tp8").maxSequences()).isEqualTo(128);
        assertThat(decode("tp8").maxBatchedTokens()).isEqualTo(4096);
    }
}
