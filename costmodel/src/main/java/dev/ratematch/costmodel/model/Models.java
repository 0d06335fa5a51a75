package dev.ratematch.costmodel.model;

import dev.ratematch.costmodel.model.ModelSpec.Mla;
import dev.ratematch.costmodel.model.ModelSpec.Moe;
import dev.ratematch.costmodel.model.ModelSpec.SlidingWindow;
import dev.ratematch.costmodel.units.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The models that the cost model knows by name. The numbers are those of each model's published
/// Hugging Face `config.json`.
public final class Models {

    public static final ModelSpec LLAMA_3_1_8B =
            dense("llama-3.1-8b", 32, 4096, 32, 8, 128, 14_336, 128_256);
    public static final ModelSpec LLAMA_3_1_70B =
            dense("llama-3.1-70b", 80, 8192, 64, 8, 128, 28_672, 128_256);
    public static final ModelSpec LLAMA_3_1_405B =
            dense("llama-3.1-405b", 126, 16_384, 128, 8, 128, 53_248, 128_256);
    public static final ModelSpec QWEN3_32B =
            dense("qwen3-32b", 64, 5120, 64, 8, 128, 25_600, 151_936);
    public static final ModelSpec QWEN3_30B_A3B =
            experts(
                    "qwen3-30b-a3b",
                    48,
                    2048,
                    32,
                    4,
                    128,
                    151_936,
                    new Moe(128, 8, 768, 0, 0),
                    Optional.empty());
    public static final ModelSpec QWEN3_235B_A22B =
            experts(
                    "qwen3-235b-a22b",
                    94,
                    4096,
                    64,
                    4,
                    128,
                    151_936,
                    new Moe(128, 8, 1536, 0, 0),
                    Optional.empty());
    public static final ModelSpec GPT_OSS_120B =
            experts(
                    "gpt-oss-120b",
                    36,
                    2880,
                    64,
                    8,
                    64,
                    201_088,
                    new Moe(128, 4, 2880, 0, 0),
                    Optional.of(new SlidingWindow(128, 18)));
    public static final ModelSpec DEEPSEEK_V3 = deepseek("deepseek-v3");
    public static final ModelSpec DEEPSEEK_R1 = deepseek("deepseek-r1");

    private static final List<ModelSpec> ALL =
            List.of(
                    LLAMA_3_1_8B,
                    LLAMA_3_1_70B,
                    LLAMA_3_1_405B,
                    QWEN3_32B,
                    QWEN3_30B_A3B,
                    QWEN3_235B_A22B,
                    DEEPSEEK_R1,
                    DEEPSEEK_V3,
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
                    Map.entry("deepseek-v3.1", DEEPSEEK_V3));

    /// Endings of repository ids that change the weights' type or training, not the structure.
    private static final List<String> ENDINGS =
            List.of("-instruct-2507", "-thinking-2507", "-instruct", "-fp8", "-fp4", "-nvfp4");

    private Models() {}

    /// All models of the catalogue.
    public static List<ModelSpec> all() {
        return ALL;
    }

    /// The model of that name, for example `llama-3.1-70b`, `meta-llama/Llama-3.1-70B-Instruct` or
    /// `nvidia/DeepSeek-R1-0528-FP4`. An unknown name is refused with the nearest one.
    public static ModelSpec named(String name) {
        String key = name.strip().toLowerCase(Locale.ROOT);
        key = key.substring(key.lastIndexOf('/') + 1);
        boolean cut = true;
        while (cut) {
            cut = false;
            for (String ending : ENDINGS) {
                if (key.endsWith(ending)) {
                    key = key.substring(0, key.length() - ending.length());
                    cut = true;
                }
            }
        }
        for (ModelSpec model : ALL) {
            if (model.name().equals(key)) {
                return model;
            }
        }
        ModelSpec alias = ALIASES.get(key);
        if (alias != null) {
            return alias;
        }
        List<String> known = new ArrayList<>();
        for (ModelSpec model : ALL) {
            known.add(model.name());
        }
        throw Names.unknown("model", name, known);
    }

    private static ModelSpec dense(
            String name,
            int layers,
            int hidden,
            int heads,
            int kvHeads,
            int headDim,
            int intermediate,
            int vocab) {
        return new ModelSpec(
                name,
                layers,
                hidden,
                heads,
                kvHeads,
                headDim,
                intermediate,
                vocab,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static ModelSpec experts(
            String name,
            int layers,
            int hidden,
            int heads,
            int kvHeads,
            int headDim,
            int vocab,
            Moe moe,
            Optional<SlidingWindow> window) {
        return new ModelSpec(
                name,
                layers,
                hidden,
                heads,
                kvHeads,
                headDim,
                0,
                vocab,
                false,
                Optional.of(moe),
                Optional.empty(),
                window);
    }

    private static ModelSpec deepseek(String name) {
        return new ModelSpec(
                name,
                61,
                7168,
                128,
                128,
                128,
                18_432,
                129_280,
                false,
                Optional.of(new Moe(256, 8, 2048, 1, 3)),
                Optional.of(new Mla(1536, 512, 128, 64, 128)),
                Optional.empty());
    }
}
