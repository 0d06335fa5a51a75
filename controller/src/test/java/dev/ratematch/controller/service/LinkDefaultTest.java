package dev.ratematch.controller.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.costmodel.transfer.Lanes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinkDefaultTest {

    private static ServiceSpec spec(
            String model, String gpu, @Nullable Double gbPerSecond, @Nullable String parallel) {
        var pool = PoolRequest.builder().parallel(parallel).build();
        return ServiceFactory.create(
                        ServiceRequest.builder(model, gpu, new Slo(5, 0.05, 95), 64)
                                .link(gbPerSecond, null)
                                .pools(pool, pool)
                                .build())
                .spec();
    }

    @Test
    void is_the_network_adapter_of_the_gpu() {
        for (String gpu : List.of("b200", "gb300", "h100")) {
            assertThat(spec("llama-3.1-70b", gpu, null, "tp8").link())
                    .isEqualTo(KvLink.of(Accelerators.named(gpu), KvLink.Mode.PULL));
        }
        assertThat(spec("llama-3.1-70b", "b200", null, "tp2").link().bytesPerSecondPerGpu())
                .isEqualTo(50e9);
        assertThat(spec("llama-3.1-70b", "b300", null, "tp2").link().bytesPerSecondPerGpu())
                .isEqualTo(100e9);
    }

    @Test
    void gives_way_to_what_is_stated() {
        assertThat(spec("llama-3.1-70b", "b300", 12.5, "tp2").link().bytesPerSecondPerGpu())
                .isEqualTo(12.5e9);
    }

    @Test
    void goes_over_the_gpus_that_hold_kv_of_their_own() {
        assertThat(spec("llama-3.1-70b", "b200", null, "tp2").decode().lanes())
                .isEqualTo(Lanes.each(2));
        assertThat(spec("deepseek-r1", "b200", null, "dep8").prefill().lanes())
                .isEqualTo(new Lanes(1, 8));
    }
}
