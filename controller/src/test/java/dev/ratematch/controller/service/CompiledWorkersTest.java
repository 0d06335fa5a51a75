package dev.ratematch.controller.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.observe.Slo;
import org.junit.jupiter.api.Test;

/// An operator of a thousand services compiles what their models and GPUs need, not a thousand
/// times two workers.
class CompiledWorkersTest {

    private static Service service(String gpu, double ttftSeconds, double floorMicros) {
        return ServiceFactory.create(
                ServiceRequest.builder("llama-3.1-70b", gpu, new Slo(ttftSeconds, 0.02, 95), 8)
                        .allReduceFloorMicros(floorMicros)
                        .build());
    }

    @Test
    void servicesOfOneModelShareTheirWorkers() {
        var one = service("b200", 1, 0);
        var other = service("b200", 2, 0);

        assertThat(other.prefillWorker()).isSameAs(one.prefillWorker());
        assertThat(other.decodeWorker()).isSameAs(one.decodeWorker());
        assertThat(other.spec()).isNotEqualTo(one.spec());
    }

    @Test
    void whatTakesOtherTimesIsAnotherWorker() {
        var one = service("b200", 1, 0);

        assertThat(service("b300", 1, 0).decodeWorker()).isNotSameAs(one.decodeWorker());
        assertThat(service("b200", 1, 50).decodeWorker()).isNotSameAs(one.decodeWorker());
    }
}
