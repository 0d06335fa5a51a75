package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The precision that a plan takes from the files of a model.
final class PlanCheckpointTest {

    /// Qwen3-235B-A22B, with more fields in front.
    private static String config(String more) {
        return """
        {%s"architectures": ["Qwen3MoeForCausalLM"], "hidden_size": 4096, "head_dim": 128,
         "intermediate_size": 12288, "moe_intermediate_size": 1536, "num_attention_heads": 64,
         "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 94,
         "num_key_value_heads": 4, "vocab_size": 151936, "torch_dtype": "bfloat16"}"""
                .formatted(more);
    }

    private static final String FP8 = "\"quantization_config\": {\"quant_method\": \"fp8\"}, ";

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int plan(String config, String... more) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var args =
                new ArrayList<>(
                        List.of(
                                "--model-config=" + folder,
                                "--isl=4000",
                                "--osl=500",
                                "--ttft=2s",
                                "--itl=30ms",
                                "--gpus=16"));
        args.addAll(List.of(more));
        return new CommandLine(new PlanCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(String[]::new));
    }

    @Test
    void whatTheConfigStatesIsPlannedAndItsMemoryCounted() throws IOException {
        assertThat(plan(config(FP8), "--gpu=b200", "--format=json")).as(err.toString()).isZero();
        var root = new ObjectMapper().readTree(out.toString());
        assertThat(root.get("request").get("precision").asText()).isEqualTo("fp8");
        assertThat(root.get("request").get("precision_source").asText())
                .isEqualTo("quantization_config.quant_method (fp8) of config.json");
        assertThat(root.get("request").has("precision_warning")).isFalse();
        // 235 GB of weights are more than one B200 has.
        assertThat(root.get("illegal_configurations").get("memory").asInt()).isEqualTo(1);
        var mixed = root.get("mixed");
        assertThat(mixed.get("served_requests_per_s").asDouble()).isBetween(42.0, 45.0);
        assertThat(mixed.get("plan").asText()).startsWith("5 x tp1pp2");
        assertThat(plan(config(""), "--gpu=b200")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("bf16: torch_dtype (bfloat16) of config.json");
    }

    @Test
    void whatIsAskedForGoesBeforeItWithAWarning() throws IOException {
        assertThat(plan(config(FP8), "--gpu=b200", "--precision=nvfp4"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("nvfp4: --precision", "quant_method (fp8)", "quantised anew");
        assertThat(plan(config(FP8), "--gpu=b200", "--precision=fp8")).isZero();
        assertThat(out.toString()).doesNotContain("quantised anew");
        assertThat(plan(config(FP8), "--gpu=b200", "--precision=bf16", "--format=csv")).isZero();
        assertThat(err.toString()).contains("Warning: --precision (bf16)");
    }

    @Test
    void theFileOfTheOptimizerBesideIsRead() throws IOException {
        Files.writeString(
                folder.resolve("hf_quant_config.json"),
                "{\"producer\": {\"name\": \"modelopt\"}, \"quantization\": {\"quant_algo\": \"NVFP4\"}}");
        assertThat(plan(config(""), "--gpu=b200")).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("nvfp4: quantization.quant_algo (NVFP4) of hf_quant_config.json");
        assertThat(plan(config(""), "--gpu=h100")).isEqualTo(2);
        assertThat(err.toString())
                .contains("says nvfp4, which h100 does not compute", "--precision fp8 or bf16");
    }

    @Test
    void aSchemeWithoutKernelsIsNearedOrRefused() throws IOException {
        String bits8 = "\"quantization_config\": {\"quant_method\": \"experts_int8\"}, ";
        assertThat(plan(config(bits8), "--gpu=b200")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("8-bit integers have no kernels here");
        String aqlm = "\"quantization_config\": {\"quant_method\": \"aqlm\"}, ";
        assertThat(plan(config(aqlm), "--gpu=b200")).isEqualTo(2);
        assertThat(err.toString())
                .contains("(aqlm) of config.json cannot be planned", "--precision");
        assertThat(plan(config(aqlm), "--gpu=b200", "--precision=int4")).isZero();
        assertThat(out.toString()).contains("planned in place of");
    }
}
