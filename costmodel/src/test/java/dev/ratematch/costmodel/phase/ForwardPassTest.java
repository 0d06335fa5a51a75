package dev.ratematch.costmodel.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.Confidence;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.phase.Operator.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ForwardPassTest {

    private static ForwardPass pass(ModelSpec model, Precision precision, String parallelism) {
        return new ForwardPass(
                TestKernels.of(Accelerators.B200),
                model,
                Quantization.of(precision, model, KvDtype.FP8),
                Parallelism.parse(parallelism),
                Engine.NONE);
    }

    private static List<String> names(List<Operator> ops) {
        return ops.stream().map(Operator::name).toList();
    }

    private static Operator named(List<Operator> ops, String name) {
        return ops.stream().filter(op -> op.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void aPassIsTheSumOfItsOperators() {
        var ops = pass(Models.LLAMA_3_1_70B, Precision.FP8, "tp4").decode(64, 4096);
        double sum = 0;
        for (Operator op : ops) {
            sum += op.count() * op.each().micros();
            assertThat(op.each().micros()).isPositive();
        }
        assertThat(ForwardPass.micros(ops)).isCloseTo(sum, within(1e-6));
        assertThat(ops).extracting(Operator::part).contains(Part.GEMM, Part.ATTENTION);
        assertThat(ForwardPass.confidence(ops)).isEqualTo(Confidence.FITTED);
    }

    /// Vocabularies are wider than any product that was measured, but a small part of a pass.
    @Test
    void aTenthOfThePassMayBeLessTrustworthyThanTheWhole() {
        var ops = pass(Models.LLAMA_3_1_70B, Precision.FP8, "tp1").decode(8, 2048);
        var logits = named(ops, "logits");
        assertThat(logits.each().confidence()).isEqualTo(Confidence.EXTRAPOLATED);
        assertThat(logits.total().micros()).isLessThan(0.1 * ForwardPass.micros(ops));
        assertThat(ForwardPass.confidence(ops)).isEqualTo(Confidence.FITTED);
        assertThat(ForwardPass.confidence(List.of(logits))).isEqualTo(Confidence.EXTRAPOLATED);
        var glm = pass(Models.GLM_5, Precision.FP8, "tep8").decode(64, 65_536);
        assertThat(ForwardPass.confidence(glm)).isEqualTo(Confidence.TRANSFERRED);
    }

    /// Two reductions a layer when a dense model is sharded, none on one GPU.
    @Test
    void shardsTalkTwiceALayer() {
        var sharded = pass(Models.LLAMA_3_1_70B, Precision.FP8, "tp4").decode(8, 1000);
        assertThat(named(sharded, "all-reduce").count())
                .isEqualTo(1 + 2.0 * Models.LLAMA_3_1_70B.layers());
        var alone = pass(Models.LLAMA_3_1_70B, Precision.FP8, "tp1").decode(8, 1000);
        assertThat(alone).noneMatch(op -> op.part() == Part.COMMUNICATION);
    }

    @Test
    void aPipelineAddsAHopForEachStageButTheLast() {
        var piped = pass(Models.LLAMA_3_1_405B, Precision.FP8, "tp4pp2").prefill(1, 2048, 0);
        assertThat(named(piped, "hop to the next stage").count()).isEqualTo(1);
        var flat = pass(Models.LLAMA_3_1_405B, Precision.FP8, "tp4").prefill(1, 2048, 0);
        assertThat(names(flat)).doesNotContain("hop to the next stage");
        assertThat(ForwardPass.micros(piped) - ForwardPass.micros(flat))
                .isCloseTo(named(piped, "hop to the next stage").each().micros(), within(1e-6));
    }

    /// Attention of the new tokens alone: `(S^2 - P^2) / S^2` of the whole prompt's; everything
    /// else runs on the new tokens.
    @Test
    void aCachedPrefixTakesItsShareOffAttention() {
        var pass = pass(Models.LLAMA_3_1_70B, Precision.FP8, "tp4");
        var whole = pass.prefill(1, 8192, 0);
        var rest = pass.prefill(1, 8192, 6144);
        assertThat(named(rest, "attention").total().micros())
                .isCloseTo(0.4375 * named(whole, "attention").total().micros(), within(1e-6));
        assertThat(named(rest, "feed-forward up").each())
                .isEqualTo(named(pass.prefill(1, 2048, 0), "feed-forward up").each());
    }

    /// In decode the shared expert runs beside the routed ones, so only the longer path counts.
    @Test
    void decodeOverlapsTheSharedExpertAndPrefillDoesNot() {
        var pass = pass(Models.DEEPSEEK_R1, Precision.NVFP4, "tep8");
        assertThat(names(pass.prefill(1, 4096, 0))).contains("experts", "shared expert up");
        var decode = names(pass.decode(32, 4096));
        assertThat(decode.contains("experts")).isNotEqualTo(decode.contains("shared expert up"));
        assertThat(decode).contains("experts", "router");
    }

    @Test
    void copiesOfAttentionGatherAndScatterAroundTheirExperts() {
        var dep = pass(Models.DEEPSEEK_R1, Precision.NVFP4, "dep8").decode(32, 4096);
        assertThat(names(dep)).contains("dispatch", "combine").doesNotContain("all-reduce");
        // BF16 back, four bits and their scales there.
        assertThat(named(dep, "combine").each().micros())
                .isGreaterThan(named(dep, "dispatch").each().micros());
        var tep = pass(Models.DEEPSEEK_R1, Precision.NVFP4, "tep8").decode(32, 4096);
        assertThat(names(tep)).contains("all-reduce (experts)").doesNotContain("dispatch");
    }

    @Test
    void onlyDeepSeeksGeometryTakesTheMeasuredModule() {
        for (ModelSpec model : List.of(Models.DEEPSEEK_R1, Models.DEEPSEEK_V3, Models.KIMI_K2)) {
            var ops = pass(model, Precision.FP8, "tep8").decode(8, 2048);
            assertThat(names(ops))
                    .contains("latent attention with projections")
                    .doesNotContain("latent down");
        }
        var glm = pass(Models.GLM_5, Precision.FP8, "tep8");
        assertThat(names(glm.decode(8, 2048)))
                .contains("latent attention", "latent down", "absorbed projections")
                .doesNotContain("latent attention with projections");
        assertThat(names(glm.prefill(1, 2048, 0)))
                .contains("key, value up")
                .doesNotContain("absorbed projections");
    }

    /// The indexer looks at every key, attention at those it selects.
    @Test
    void sparseAttentionStopsGrowingAndItsIndexerDoesNot() {
        var glm = pass(Models.GLM_5, Precision.FP8, "tep8");
        var near = glm.decode(64, 4096);
        var far = glm.decode(64, 65_536);
        assertThat(names(near)).contains("index scores", "index query", "index key");
        assertThat(named(far, "latent attention").each())
                .isEqualTo(named(near, "latent attention").each());
        assertThat(named(far, "index scores").each().micros())
                .isGreaterThan(named(near, "index scores").each().micros());
        assertThat(named(far, "index scores").each().confidence())
                .isEqualTo(Confidence.TRANSFERRED);
    }

    @Test
    void linearAttentionReplacesMostLayers() {
        var model = Models.QWEN3_5_397B_A17B;
        int linear = model.linearAttention().orElseThrow().layers();
        var pass = pass(model, Precision.FP8, "tep8");
        var near = pass.decode(64, 4096);
        assertThat(named(near, "linear attention").count()).isEqualTo(linear);
        assertThat(named(near, "linear in").count()).isEqualTo(linear);
        assertThat(named(near, "attention").count()).isEqualTo(model.layers() - linear);
        assertThat(named(pass.decode(64, 65_536), "linear attention").each())
                .isEqualTo(named(near, "linear attention").each());
    }

    @Test
    void windowedLayersAreListedApart() {
        var model = Models.GPT_OSS_120B;
        var window = model.slidingWindow().orElseThrow();
        var ops = pass(model, Precision.NVFP4, "tp1").prefill(1, 8192, 0);
        assertThat(named(ops, "windowed attention").count()).isEqualTo(window.layers());
        assertThat(named(ops, "windowed attention").each().micros())
                .isLessThan(named(ops, "attention").each().micros());
    }

    /// The worker is the same pass, sampled: what it reads between its nodes is near.
    @Test
    void aCompiledWorkerIsThePassWithoutItsList() {
        var worker =
                TestKernels.compile(
                        Models.LLAMA_3_1_70B,
                        Accelerators.B200,
                        Precision.FP8,
                        Parallelism.parse("tp4"));
        for (int batch : new int[] {1, 7, 64, 300}) {
            double listed = 1e-6 * ForwardPass.micros(worker.pass().decode(batch, 3000));
            double compiled = worker.decodeStepSeconds(batch, batch * 3000.0);
            assertThat(compiled / Engine.TRTLLM.decodeScale())
                    .isCloseTo(listed, within(0.02 * listed));
        }
    }
}
