package dev.ratematch.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.ratematch.controller.filter.ServiceLines;
import dev.ratematch.controller.filter.UnknownField;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.fleet.GpuWidth;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A RateMatcher as a file is the service that the operator makes of it.
class SpecFieldsTest {

    private static final String SPEC =
            """
            model: llama-3.1-70b
            accelerator: b200
            precision: fp8
            kvDtype: bf16
            slo: {ttft: 1.5s, itl: 40ms, percentile: 99}
            budget: {gpus: 32, minGpus: 8}
            telemetry: {engine: sglang}
            kvLink: {gbPerSecondPerGpu: 25, mode: layerwise}
            allReduceFloorMicroseconds: 12
            options: {minGain: 0.2}
            behavior: {decode: {scaleDown: {stabilizationWindowSeconds: 600}}}
            prefill:
              scaleTargetRef: {name: chat-prefill}
              gpusPerReplica: 2
              parallelism: tp2
              minReplicas: 2
              maxReplicas: 6
              maxBatchedTokens: 4096
              leadTime: 2m
              drain: {usual: 20s}
            decode:
              scaleTargetRef: {name: chat-decode}
              gpusPerReplica: 4
              maxSequences: 64
            """;

    @Test
    void theOperatorAndAFileReadTheSameService() throws JsonProcessingException {
        var unknown = new ArrayList<UnknownField>();
        var line = SpecFields.of(new YAMLMapper().readTree("spec:\n" + SPEC.indent(2)), unknown);
        var byFile = ServiceLines.read(line, unknown);
        var found = new Resolver.Found(GpuWidth.given(2), GpuWidth.given(4), "h100", "vllm", 16);
        var byOperator =
                Resolver.request(Serialization.unmarshal(SPEC, RateMatcherSpec.class), found);
        assertThat(unknown).isEmpty();
        assertThat(byFile).isEqualTo(byOperator);
        assertThat(byFile.slo().ttftSeconds()).isEqualTo(1.5);
        assertThat(byFile.prefill().leadTimeSeconds()).isEqualTo(120);
        assertThat(byFile.prefill().drainSeconds()).isEqualTo(20);
        assertThat(byFile.decode().maxSequences()).isEqualTo(64);
        assertThat(byFile.engine()).isEqualTo("sglang");
        assertThat(byFile.minBudgetGpus()).isEqualTo(8);
    }

    /// What the text of the definition allows is taken, and auto leaves it to the metrics.
    @Test
    void everyEngineOfTheDefinitionIsPriced() {
        for (String engine : List.of("vllm", "sglang", "trtllm", "triton")) {
            var spec =
                    Serialization.unmarshal(
                            SPEC.replace("{engine: sglang}", "{engine: %s}".formatted(engine)),
                            RateMatcherSpec.class);
            var found = new Resolver.Found(GpuWidth.given(2), GpuWidth.given(4), "b200", null, 16);
            assertThat(Resolver.service(Resolver.request(spec, found)).engine())
                    .isEqualTo(engine.equals("triton") ? "trtllm" : engine);
        }
        var auto =
                Serialization.unmarshal(
                        SPEC.replace("{engine: sglang}", "{engine: auto}"), RateMatcherSpec.class);
        var found = new Resolver.Found(GpuWidth.given(2), GpuWidth.given(4), "b200", "sglang", 16);
        assertThat(Resolver.request(auto, found).engine()).isEqualTo("sglang");
    }

    @Test
    void refusalsOfTheLineAreInTheNamesOfTheSpec() {
        assertThat(SpecFields.said("decode.max_seqs (0) must be between 1 and 9."))
                .isEqualTo("spec.decode.maxSequences (0) must be between 1 and 9.");
        assertThat(SpecFields.said("kv_link.mode \"pul\" is not known; did you mean \"pull\"?"))
                .startsWith("spec.kvLink.mode \"pul\"");
        assertThat(SpecFields.said("gpu is missing; it must be a string."))
                .startsWith("spec.accelerator is missing");
        assertThat(SpecFields.said("options.minGian (1) is not known"))
                .startsWith("spec.options.minGian (1)");
        assertThat(SpecFields.said("prefill: no parallelism fits"))
                .isEqualTo("prefill: no parallelism fits");
    }

    @Test
    void workersAreAServiceWhoseReplicasSwitchRolesAndOfEqualShape()
            throws JsonProcessingException {
        String yaml = Manifests.workersMatcher("Recommend", 6, "sglang");
        var unknown = new ArrayList<UnknownField>();
        var line = SpecFields.of(new YAMLMapper().readTree(yaml), unknown);
        var one = GpuWidth.given(1);
        var read =
                Resolver.request(
                        Looks.matcher(yaml).getSpec().expanded(),
                        new Resolver.Found(one, one, null, null, 6));

        assertThat(unknown).isEmpty();
        assertThat(line.path("actuation").asText()).isEqualTo("switch");
        assertThat(line.at("/switching/at_once").isMissingNode()).isTrue();
        assertThat(Objects.requireNonNull(read.switching()).possible()).isTrue();
        assertThat(read.decode().maxSequences()).isEqualTo(64);
        assertThat(SpecFields.inWorkers(SpecFields.said("decode.max_seqs (0) must be above 0.")))
                .isEqualTo("spec.workers.maxSequences (0) must be above 0.");
        assertThat(SpecFields.inWorkers(SpecFields.said("prefill.min (9) must be at most max.")))
                .isEqualTo("spec.workers.prefill.minReplicas (9) must be at most max.");
    }
}
