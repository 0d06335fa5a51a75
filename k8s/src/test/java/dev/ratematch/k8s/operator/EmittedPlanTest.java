package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Plan;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.emit.EmitTarget;
import dev.ratematch.k8s.emit.Plans;
import dev.ratematch.k8s.fleet.GpuWidth;
import dev.ratematch.k8s.fleet.TargetView;
import dev.ratematch.sizing.launch.PlannedFleet;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is emitted for a planned fleet, read back as the operator reads it, is the same plan.
class EmittedPlanTest {

    private record Read(
            Service service, GenericKubernetesResource prefill, GenericKubernetesResource decode) {

        static Read of(PlannedFleet fleet, EmitTarget target) {
            var matcher =
                    Serialization.unmarshal(
                            Plans.text(fleet, target, "ratematcher.yaml"), RateMatcher.class);
            var prefill = workload(Plans.text(fleet, target, "prefill.yaml"));
            var decode = workload(Plans.text(fleet, target, "decode.yaml"));
            var spec = Resolver.checked(matcher.getSpec());
            assertThat(
                            List.of(
                                    spec.prefill().scaleTargetRef().name(),
                                    spec.decode().scaleTargetRef().name()))
                    .containsExactly(
                            prefill.getMetadata().getName(), decode.getMetadata().getName());
            assertThat(spec.prefill().scaleTargetRef().kind()).isEqualTo(prefill.getKind());
            var found = new Resolver.Found(width(prefill), width(decode), null, null, 0);
            assertThat(found.prefill().gpus()).isEqualTo(spec.prefill().gpusPerReplica());
            assertThat(found.decode().gpus()).isEqualTo(spec.decode().gpusPerReplica());
            return new Read(Resolver.service(Resolver.request(spec, found)), prefill, decode);
        }

        private static GenericKubernetesResource workload(String yaml) {
            return Serialization.unmarshal(yaml, GenericKubernetesResource.class);
        }

        private static GpuWidth width(GenericKubernetesResource workload) {
            return new TargetView(workload, 1, "").width(_ -> null);
        }

        private static int replicas(GenericKubernetesResource workload) {
            return (int) workload.<Integer>get("spec", "replicas");
        }

        /// What the operator would have for a load, by itself.
        Plan plan(PlannedFleet fleet, double requestsPerSecond) {
            var load =
                    new WorkloadEstimate(
                            requestsPerSecond,
                            fleet.load().inputTokens(),
                            fleet.load().newTokens(),
                            0,
                            fleet.load().outputTokens(),
                            0,
                            1,
                            30,
                            1,
                            0,
                            0,
                            0,
                            1);
            return Planner.solve(
                    service.spec(),
                    new Capacity(service.spec(), service.laws(), load),
                    new Demand(requestsPerSecond, requestsPerSecond));
        }
    }

    private static void same(PlannedFleet fleet, EmitTarget target) {
        assertThat(fleet.uniform()).isTrue();
        var read = Read.of(fleet, target);
        var prefill = fleet.prefill().getFirst();
        var decode = fleet.decode().getFirst();
        var service = read.service();
        assertThat(service.prefillParallel()).isEqualTo(prefill.parallelism().text());
        assertThat(service.decodeParallel()).isEqualTo(decode.parallelism().text());
        assertThat(service.model()).isEqualTo(fleet.model());
        assertThat(service.gpu()).isEqualTo(fleet.accelerator().name());
        assertThat(service.precision()).isEqualTo(PlannedFleet.spelled(fleet.precision()));
        assertThat(service.kvDtype()).isEqualTo(PlannedFleet.spelled(fleet.kv()));
        assertThat(service.engine()).isEqualTo(fleet.engine());
        assertThat(service.spec().budgetGpus()).isEqualTo(fleet.budgetGpus());
        assertThat(service.spec().link()).isEqualTo(fleet.link());
        assertThat(service.spec().slo().ttftSeconds()).isEqualTo(fleet.ttftSeconds());
        assertThat(service.spec().slo().itlSeconds()).isEqualTo(fleet.itlSeconds());
        assertThat(service.spec().decode().maxSequences())
                .isEqualTo(decode.sequences() * decode.parallelism().attentionData());
        assertThat(Read.replicas(read.prefill())).isEqualTo(prefill.replicas());
        assertThat(Read.replicas(read.decode())).isEqualTo(decode.replicas());
    }

    private static void sameCounts(PlannedFleet fleet, EmitTarget target) {
        same(fleet, target);
        var plan = Read.of(fleet, target).plan(fleet, fleet.requestsPerSecond());
        assertThat(List.of(plan.prefill(), plan.decode()))
                .containsExactly(
                        fleet.prefill().getFirst().replicas(),
                        fleet.decode().getFirst().replicas());
        // Queueing, which a plan leaves out, costs a little: most where iterations are long.
        assertThat(plan.capacityRequestsPerSecond())
                .isBetween(0.85 * fleet.requestsPerSecond(), fleet.requestsPerSecond());
    }

    @Test
    void forThePlannedLoadTheOperatorWantsThePlannedFleet() {
        sameCounts(Plans.narrow("vllm"), EmitTarget.VLLM);
        sameCounts(Plans.narrow("vllm"), EmitTarget.LWS);
        sameCounts(Plans.narrow("vllm"), EmitTarget.LLM_D);
        sameCounts(Plans.experts("sglang"), EmitTarget.SGLANG);
        sameCounts(Plans.wide("vllm"), EmitTarget.VLLM);
    }

    /// The stages of a prefill replica work at the same time, in the plan and in the operator.
    @Test
    void replicasWithStagesAreWantedAsPlannedToo() {
        var fleet = Plans.wide("sglang");
        assertThat(fleet.prefill().getFirst().parallelism().pipeline()).isEqualTo(2);
        sameCounts(fleet, EmitTarget.SGLANG);
    }
}
