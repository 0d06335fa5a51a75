package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.spec.Behavior;
import dev.ratematch.controller.spec.Behavior.Select;
import dev.ratematch.controller.spec.Behavior.Unit;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.fleet.GpuWidth;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/// Options and behavior of a RateMatcher, also of one that an older schema let in.
class ResolverTest {

    private static ServiceRequest request(String fields) {
        String spec =
                """
                model: llama-3.1-70b
                slo: {ttft: 2s, itl: 40ms}
                prefill: {scaleTargetRef: {name: chat-prefill}}
                decode: {scaleTargetRef: {name: chat-decode}}
                """;
        return Resolver.request(
                Serialization.unmarshal(spec + fields, RateMatcherSpec.class),
                new Resolver.Found(GpuWidth.given(2), GpuWidth.given(2), "b200", "vllm", 16));
    }

    @Test
    void optionsBehaviorAndTheMinimumReachTheService() {
        var plain = request("");
        assertThat(plain.tuning().behavior()).isEqualTo(Behavior.NONE);
        var request =
                request(
                        """
                        budget: {gpus: 32, minGpus: 8}
                        options: {minGain: 0.2, maxStepReplicas: 3}
                        behavior:
                          decode:
                            scaleDown:
                              policies: [{type: Pods, value: 2, periodSeconds: 60}]
                              selectPolicy: Min
                              tolerance: 0.1
                              stabilizationWindowSeconds: 600
                        """);
        assertThat(request.tuning().minGain()).isEqualTo(0.2);
        assertThat(request.tuning().value(Option.MAX_STEP_REPLICAS)).isEqualTo(3);
        var down = request.tuning().behavior().decode().scaleDown();
        assertThat(down.select()).isEqualTo(Select.MIN);
        assertThat(down.policies()).containsExactly(new Behavior.Policy(Unit.REPLICAS, 2, 60));
        assertThat(down.tolerance()).isEqualTo(0.1);
        var service = Resolver.service(request);
        assertThat(service.spec().minBudgetGpus()).isEqualTo(8);
        assertThat(service.spec().tuning()).isEqualTo(request.tuning());
    }

    @Test
    void whatTheSchemaDidNotStopIsRefusedByName() {
        refused("options: {minGian: 0.1}", "spec.options.minGian (0.1) is not known");
        refused("options: {minGain: 2}", "spec.options.minGain (2) must be a number from 0 to 1");
        refused(
                "behavior: {decode: {scaleUp: {stabilizationWindowSeconds: 4000}}}",
                "spec.behavior.decode.scaleUp.stabilizationWindowSeconds (4000)");
        refused("budget: {gpus: 16, minGpus: 20}", "spec.budget.minGpus (20) must be at most");
        refused("budget: {minGpus: 20}", "spec.budget.minGpus (20) must be at most the budget, 16");
    }

    private static void refused(String fields, String message) {
        assertThatThrownBy(() -> request(fields))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(message);
    }
}
