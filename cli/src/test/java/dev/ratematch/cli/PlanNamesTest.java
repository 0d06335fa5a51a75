package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

/// The model of a plan, by name and by file.
final class PlanNamesTest {

    private static final String LATENT =
            """
            "hidden_size": 7168, "intermediate_size": 18432, "moe_intermediate_size": 2048,
            "n_shared_experts": 1, "num_experts_per_tok": 8, "num_hidden_layers": 61,
            "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128,
            "qk_rope_head_dim": 64, "v_head_dim": 128,""";

    private static final String R1 =
            """
            {"architectures": ["DeepseekV3ForCausalLM"], %s "first_k_dense_replace": 3,
             "n_routed_experts": 256, "num_attention_heads": 128, "num_key_value_heads": 128,
             "num_nextn_predict_layers": 1, "vocab_size": 129280, "torch_dtype": "bfloat16",
             "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}}"""
                    .formatted(LATENT);

    private static final String KIMI =
            """
            {"architectures": ["KimiK25ForConditionalGeneration"], "text_config": {
             "architectures": ["DeepseekV3ForCausalLM"], %s "first_k_dense_replace": 1,
             "n_routed_experts": 384, "num_attention_heads": 64, "num_key_value_heads": 64,
             "num_nextn_predict_layers": 0, "vocab_size": 163840,
             "quantization_config": {"quant_method": "compressed-tensors", "config_groups": {
              "group_0": {"targets": ["Linear"], "weights": {"num_bits": 4, "type": "int",
               "group_size": 32}}}, "kv_cache_scheme": null}}}"""
                    .formatted(LATENT);

    private static final String GPT_OSS =
            """
            {"architectures": ["GptOssForCausalLM"], "hidden_size": 2880, "head_dim": 64,
             "intermediate_size": 2880, "num_attention_heads": 64, "num_key_value_heads": 8,
             "num_hidden_layers": 36, "num_local_experts": 128, "num_experts_per_tok": 4,
             "sliding_window": 128, "layer_types": [%s], "vocab_size": 201088,
             "swiglu_limit": Infinity, "rope_beta": NaN, "low": -Infinity,
             "quantization_config": {"quant_method": "mxfp4"}}"""
                    .formatted(
                            "\"sliding_attention\", \"full_attention\", "
                                    .repeat(18)
                                    .replaceAll(", $", ""));

    private static final String DENSE =
            """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 4096,
             "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32,
             "num_key_value_heads": 8, "vocab_size": 128256, "quantization_config": %s}""";

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int plan(String... more) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var args =
                new ArrayList<>(
                        List.of(
                                "--gpu=b200",
                                "--isl=4000",
                                "--osl=500",
                                "--ttft=2s",
                                "--itl=30ms",
                                "--gpus=32"));
        args.addAll(List.of(more));
        return new CommandLine(new PlanCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(String[]::new));
    }

    private JsonNode json(String... more) throws JsonProcessingException {
        var args = new ArrayList<>(List.of(more));
        args.add("--format=json");
        assertThat(plan(args.toArray(String[]::new))).as(err.toString()).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    private String file(String config) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        return "--model-config=" + folder;
    }

    /// All but where the model was found.
    private static ObjectNode answer(JsonNode root) {
        ObjectNode answer = root.deepCopy();
        ((ObjectNode) answer.get("request")).remove(List.of("model_source", "precision_source"));
        return answer;
    }

    @Test
    void aModelIsTheSameByNameAndByFile() throws IOException {
        String[][] models = {
            {"deepseek-v3", R1, "fp8"},
            {"kimi-k2.5", KIMI, "int4"},
            {"gpt-oss-120b", GPT_OSS, "mxfp4"}
        };
        for (String[] model : models) {
            var byName = json("--model=" + model[0]);
            assertThat(byName.get("request").get("precision").asText()).isEqualTo(model[2]);
            assertThat(answer(json(file(model[1])))).as(model[0]).isEqualTo(answer(byName));
        }
        // R1 has the structure of V3: a folder tells them apart, and nothing else differs.
        var named = Files.createDirectory(folder.resolve("DeepSeek-R1"));
        Files.writeString(named.resolve("config.json"), R1);
        assertThat(answer(json("--model-config=" + named)))
                .isEqualTo(answer(json("--model=deepseek-ai/DeepSeek-R1")));
    }

    @Test
    void theEndingOfANameIsPlannedAndSaid() {
        assertThat(plan("--model=Qwen/Qwen3-235B-A22B-FP8")).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("fp8: the ending -fp8 of Qwen/Qwen3-235B-A22B-FP8")
                .contains("qwen3-235b-a22b, in the catalogue");
        assertThat(plan("--model=Qwen/Qwen3-235B-A22B")).isZero();
        assertThat(out.toString()).contains("bf16: torch_dtype (bfloat16) of Qwen/Qwen3-235B-A22B");
        assertThat(plan("--model=Qwen/Qwen3-235B-A22B-FP8", "--precision=nvfp4")).isZero();
        assertThat(out.toString()).contains("nvfp4: --precision", "quantised anew");
        // How a model was first published binds nobody who names another precision.
        assertThat(plan("--model=qwen3-235b-a22b", "--precision=nvfp4")).isZero();
        assertThat(out.toString()).contains("nvfp4: --precision").doesNotContain("quantised anew");
    }

    @Test
    void awqAndGptqAreRefusedByName() throws IOException {
        assertThat(plan("--model=Qwen/Qwen3-32B-AWQ")).isEqualTo(2);
        assertThat(err.toString()).contains("-awq of Qwen/Qwen3-32B-AWQ", "kernels of AWQ");
        String gptq = DENSE.formatted("{\"quant_method\": \"gptq\", \"bits\": 4}");
        assertThat(plan(file(gptq))).isEqualTo(2);
        assertThat(err.toString()).contains("quant_method (gptq)", "kernels of GPTQ");
        assertThat(plan(file(gptq), "--precision=int4")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("planned in place of", "at the speed of bf16");
    }

    @Test
    void mxfp4IsPlannedWhereItsKernelsAreMeasuredAndRefusedElsewhere() throws IOException {
        assertThat(plan(file(GPT_OSS))).as(err.toString()).isZero();
        assertThat(out.toString()).contains("mxfp4: quantization_config.quant_method (mxfp4)");
        assertThat(plan(file(DENSE.formatted("{\"quant_method\": \"mxfp4\"}")))).isEqualTo(2);
        assertThat(err.toString()).contains("only the kernels of experts are measured");
        assertThat(plan("--model=llama-3.1-8b", "--precision=mxfp4")).isEqualTo(2);
        assertThat(err.toString()).contains("--precision says mxfp4");
    }

    @Test
    void theKvCacheIsAsTheCheckpointStates() throws IOException {
        String stated =
                DENSE.formatted(
                        "{\"quant_algo\": \"FP8\", \"kv_cache_scheme\": {\"type\": \"float\","
                                + " \"num_bits\": 16}}");
        var root = json(file(stated)).get("request");
        assertThat(root.get("kv_dtype").asText()).isEqualTo("bf16");
        assertThat(root.get("kv_dtype_source").asText())
                .isEqualTo("quantization_config.kv_cache_scheme (float 16 bit) of config.json");
        var asked = json(file(stated), "--kv-dtype=fp8").get("request");
        assertThat(asked.get("kv_dtype").asText()).isEqualTo("fp8");
        assertThat(asked.get("kv_dtype_source").asText()).isEqualTo("--kv-dtype");
        assertThat(plan("--model=llama-3.1-8b")).isZero();
        assertThat(out.toString()).containsPattern("KV cache +fp8: the default");
    }

    @Test
    void aNameThatIsNotKnownPointsToTheFile() {
        assertThat(plan("--model=meta-llama/Llama-4-Maverick-17B-128E-Instruct")).isEqualTo(2);
        assertThat(err.toString())
                .contains("give its config.json with --model-config FILE")
                .doesNotContain("did you mean");
        assertThat(plan("--model=deepsek-r1")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean \"deepseek-r1\"?", "--model-config");
    }

    @Test
    void whatIsNoObjectIsSaidInPlainWords() throws IOException {
        assertThat(plan(file("\"text\""))).isEqualTo(2);
        assertThat(err.toString().strip()).contains("is no JSON object: it is string.");
        assertThat(plan(file(""))).isEqualTo(2);
        assertThat(err.toString().strip()).contains("is no JSON object: it is empty.");
    }
}
