package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PlantOptionsTest {

    /// Both limits are one data-parallel rank's: the simulated engines and the service that is
    /// controlled have the same.
    @Test
    void limitsOfAnEngineAreThoseOfItsRanks() {
        var options =
                CommandLine.populateCommand(
                        new PlantOptions(), "--max-batched-tokens=4096", "--max-seqs=64");
        var plant = options.plant("deepseek-r1", "gb200", "nvfp4", 72, 1);
        assertThat(plant.prefill().maxBatchedTokens()).isEqualTo(4 * 4096);
        assertThat(plant.decode().maxSequences()).isEqualTo(16 * 64);
        var pool = PoolRequest.builder().maxBatchedTokens(4096).maxSequences(64);
        var spec =
                ServiceFactory.create(
                                ServiceRequest.builder(
                                                "deepseek-r1", "gb200", new Slo(5, 0.03, 95), 72)
                                        .precision("nvfp4")
                                        .pools(
                                                pool.parallel("dep4").build(),
                                                pool.parallel("dep16").build())
                                        .build())
                        .spec();
        assertThat(spec.prefill().maxBatchedTokens()).isEqualTo(plant.prefill().maxBatchedTokens());
        assertThat(spec.decode().maxSequences()).isEqualTo(plant.decode().maxSequences());
    }
}
