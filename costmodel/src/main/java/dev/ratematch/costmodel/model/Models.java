package dev.ratematch.costmodel.model;

import dev.ratematch.costmodel.model.ModelSpec.Heads;
import dev.ratematch.costmodel.model.ModelSpec.Mla;
import dev.ratematch.costmodel.model.ModelSpec.Moe;
import dev.ratematch.costmodel.model.ModelSpec.SlidingWindow;
import dev.ratematch.costmodel.units.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The models that the cost model knows by name. The numbers are those of each model's published
/// Hugging Face `config.json`; of multimodal models the language part.
public final class Models {

    public static final ModelSpec LLAMA_3_1_8B =
            ModelSpec.of("llama-3.1-8b", 32, 4096, new Heads(32, 8, 128), 14_336, 128_256);
    public static final ModelSpec LLAMA_3_1_70B =
            ModelSpec.of("llama-3.1-70b", 80, 8192, new Heads(64, 8, 128), 28_672, 128_256);
    public static final ModelSpec LLAMA_3_1_405B =
            ModelSpec.of("llama-3.1-405b", 126, 16_384, new Heads(128, 8, 128), 53_248, 128_256);
    public static final ModelSpec QWEN3_32B =
            ModelSpec.of("qwen3-32b", 64, 5120, new Heads(64, 8, 128), 25_600, 151_936)
                    .withQkNorm();
    public static final ModelSpec QWEN3_30B_A3B =
            ModelSpec.of("qwen3-30b-a3b", 48, 2048, new Heads(32, 4, 128), 0, 151_936)
                    .withMoe(new Moe(128, 8, 768, 0, 0))
                    .withQkNorm();
    public static final ModelSpec QWEN3_235B_A22B =
            ModelSpec.of("qwen3-235b-a22b", 94, 4096, new Heads(64, 4, 128), 0, 151_936)
                    .withMoe(new Moe(128, 8, 1536, 0, 0))
                    .withQkNorm();

    /// Config in aiconfigurator, `model_configs/Qwen--Qwen3.5-397B-A17B_config.json`: every fourth
    /// of 60 layers has gated softmax attention, the others linear attention.
    public static final ModelSpec QWEN3_5_397B_A17B =
            ModelSpec.of("qwen3.5-397b-a17b", 60, 4096, new Heads(32, 2, 256), 0, 248_320)
                    .withMoe(new Moe(512, 10, 1024, 1, 0))
                    .withLinearAttention(new LinearAttention(45, 16, 64, 128, 128, 4))
                    .withQkNorm()
                    .withOutputGate()
                    .withNextn(1);

    public static final ModelSpec GPT_OSS_120B =
            ModelSpec.of("gpt-oss-120b", 36, 2880, new Heads(64, 8, 64), 0, 201_088)
                    .withMoe(new Moe(128, 4, 2880, 0, 0))
                    .withSlidingWindow(new SlidingWindow(128, 18));

    public static final ModelSpec DEEPSEEK_V3 = deepseek("deepseek-v3");
    public static final ModelSpec DEEPSEEK_R1 = deepseek("deepseek-r1");

    /// Config in aiconfigurator, `model_configs/moonshotai--Kimi-K2.5_config.json`; K2 has the same
    /// language model.
    public static final ModelSpec KIMI_K2 = kimi("kimi-k2");

    public static final ModelSpec KIMI_K2_5 = kimi("kimi-k2.5");

    /// Sizes of the M2 series as in the configurations that inference engines carry for it
    /// (transformers `minimax_m2`, tt-metal `minimax_m2_5`).
    public static final ModelSpec MINIMAX_M2_5 =
            ModelSpec.of("minimax-m2.5", 62, 3072, new Heads(48, 8, 128), 0, 200_064)
                    .withMoe(new Moe(256, 8, 1536, 0, 0))
                    .withQkNorm()
                    .withNextn(3);

    /// Config in aiconfigurator, `model_configs/zai-org--GLM-5-FP8_config.json`; indexer as in
    /// transformers' `glm_moe_dsa`.
    public static final ModelSpec GLM_5 =
            ModelSpec.of("glm-5", 78, 6144, new Heads(64, 64, 256), 12_288, 154_880)
                    .withMoe(new Moe(256, 8, 2048, 1, 3))
                    .withMla(new Mla(2048, 512, 192, 64, 256))
                    .withSparseAttention(new SparseAttention(2048, 32, 128))
                    .withNextn(1);

    private static final List<ModelSpec> ALL =
            List.of(
                    LLAMA_3_1_8B,
                    LLAMA_3_1_70B,
                    LLAMA_3_1_405B,
                    QWEN3_32B,
                    QWEN3_30B_A3B,
                    QWEN3_235B_A22B,
                    QWEN3_5_397B_A17B,
                    DEEPSEEK_R1,
                    DEEPSEEK_V3,
                    KIMI_K2,
                    KIMI_K2_5,
                    MINIMAX_M2_5,
                    GLM_5,
                    GPT_OSS_120B);

    /// Other spellings, lower case: the part of a repository id after its owner, where it is not
    /// the catalogue name already.
    private static final Map<String, ModelSpec> ALIASES =
            Map.ofEntries(
                    Map.entry("meta-llama-3.1-8b", LLAMA_3_1_8B),
                    Map.entry("meta-llama-3.1-70b", LLAMA_3_1_70B),
                    Map.entry("meta-llama-3.1-405b", LLAMA_3_1_405B),
                    Map.entry("llama-3.3-70b", LLAMA_3_1_70B),
                    Map.entry("deepseek-r1-0528", DEEPSEEK_R1),
                    Map.entry("deepseek-v3-0324", DEEPSEEK_V3),
                    Map.entry("deepseek-v3.1", DEEPSEEK_V3),
                    Map.entry("kimi-k2-instruct-0905", KIMI_K2),
                    Map.entry("kimi-k2-thinking", KIMI_K2),
                    Map.entry("minimax-m2", MINIMAX_M2_5),
                    Map.entry("minimax-m2.1", MINIMAX_M2_5));

    private Models() {}

    /// All models of the catalogue.
    public static List<ModelSpec> all() {
        return ALL;
    }

    /// The model of that name, for example `llama-3.1-70b`, `meta-llama/Llama-3.1-70B-Instruct` or
    /// `nvidia/DeepSeek-R1-0528-FP4`; empty for one that is not in the catalogue.
    public static Optional<ModelSpec> find(ModelId id) {
        return ALL.stream()
                .filter(model -> model.name().equals(id.key()))
                .findFirst()
                .or(() -> Optional.ofNullable(ALIASES.get(id.key())));
    }

    /// The model of that name. An unknown name is refused, with the one that it misspells.
    public static ModelSpec named(String name) {
        return find(ModelId.of(name)).orElseThrow(() -> unknown("model", name, ""));
    }

    /// A refusal of a name that is not in the catalogue, with the one that it misspells.
    ///
    /// @param kind what was named
    /// @param instead what to do about any other model, a clause; empty for nothing
    public static IllegalArgumentException unknown(String kind, String name, String instead) {
        List<String> known = ALL.stream().map(ModelSpec::name).toList();
        String hint =
                Names.misspelt(ModelId.of(name).key(), known)
                        .map(
                                likely ->
                                        "; did you mean \"%s\"?%s"
                                                .formatted(
                                                        likely,
                                                        instead.isEmpty()
                                                                ? ""
                                                                : " Otherwise " + instead + "."))
                        .orElse(instead.isEmpty() ? "." : "; " + instead + ".");
        return new IllegalArgumentException(
                "%s \"%s\" is not in the catalogue%s In the catalogue: %s."
                        .formatted(kind, name, hint, String.join(", ", known)));
    }

    private static ModelSpec deepseek(String name) {
        return ModelSpec.of(name, 61, 7168, new Heads(128, 128, 128), 18_432, 129_280)
                .withMoe(new Moe(256, 8, 2048, 1, 3))
                .withMla(new Mla(1536, 512, 128, 64, 128))
                .withNextn(1);
    }

    private static ModelSpec kimi(String name) {
        return ModelSpec.of(name, 61, 7168, new Heads(64, 64, 128), 18_432, 163_840)
                .withMoe(new Moe(384, 8, 2048, 1, 1))
                .withMla(new Mla(1536, 512, 128, 64, 128));
    }
}
