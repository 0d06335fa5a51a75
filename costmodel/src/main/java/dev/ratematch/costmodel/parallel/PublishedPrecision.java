package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.model.ModelId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The precision of a checkpoint whose files are not at hand: what the ending of its name tells,
/// else how the model was published under the name of the catalogue.
public final class PublishedPrecision {

    /// What the files of the first publication state, by the key of the name.
    private record Publication(Precision precision, String repository, String field) {

        String source() {
            return "%s of %s's config.json".formatted(field, repository);
        }
    }

    private static final Map<String, Publication> PUBLISHED =
            Map.ofEntries(
                    Map.entry("llama-3.1-8b", bf16("meta-llama/Llama-3.1-8B")),
                    Map.entry("llama-3.1-70b", bf16("meta-llama/Llama-3.1-70B")),
                    Map.entry("llama-3.1-405b", bf16("meta-llama/Llama-3.1-405B")),
                    Map.entry("qwen3-32b", bf16("Qwen/Qwen3-32B")),
                    Map.entry("qwen3-30b-a3b", bf16("Qwen/Qwen3-30B-A3B")),
                    Map.entry("qwen3-235b-a22b", bf16("Qwen/Qwen3-235B-A22B")),
                    Map.entry("qwen3.5-397b-a17b", bf16("Qwen/Qwen3.5-397B-A17B")),
                    Map.entry("glm-5", bf16("zai-org/GLM-5")),
                    Map.entry("deepseek-r1", fp8("deepseek-ai/DeepSeek-R1")),
                    Map.entry("deepseek-v3", fp8("deepseek-ai/DeepSeek-V3")),
                    Map.entry("kimi-k2", fp8("moonshotai/Kimi-K2-Instruct")),
                    Map.entry("minimax-m2.5", fp8("MiniMaxAI/MiniMax-M2.5")),
                    Map.entry("kimi-k2-thinking", int4("moonshotai/Kimi-K2-Thinking")),
                    Map.entry("kimi-k2.5", int4("moonshotai/Kimi-K2.5")),
                    Map.entry(
                            "gpt-oss-120b",
                            new Publication(
                                    Precision.MXFP4,
                                    "openai/gpt-oss-120b",
                                    "quantization_config.quant_method (mxfp4)")));

    private PublishedPrecision() {}

    private static Publication bf16(String repository) {
        return new Publication(Precision.BF16, repository, "torch_dtype (bfloat16)");
    }

    private static Publication fp8(String repository) {
        return new Publication(Precision.FP8, repository, "quantization_config.quant_method (fp8)");
    }

    private static Publication int4(String repository) {
        return new Publication(
                Precision.INT4,
                repository,
                "quantization_config.quant_method (compressed-tensors, 4-bit integers)");
    }

    /// What the ending of a name tells; empty where it has none.
    public static Optional<StatedPrecision> ofEnding(ModelId id) {
        if (id.weights().isEmpty()) {
            return Optional.empty();
        }
        var scheme = scheme(id.weights());
        String source = "the ending -%s of %s".formatted(id.weights(), id.given());
        return Optional.of(
                scheme.nearest().isPresent()
                        ? new StatedPrecision.Known(scheme.nearest().get(), source, scheme.note())
                        : new StatedPrecision.Unserved(source, scheme.note().orElse("")));
    }

    /// What a name tells: by its ending, else how the model was published.
    ///
    /// @param model name in the catalogue
    public static StatedPrecision of(ModelId id, String model) {
        return ofEnding(id).orElseGet(() -> ofModel(id.key(), model));
    }

    /// How a model was published.
    ///
    /// @param key of the name; tried first, since one structure is published in several ways
    /// @param model name in the catalogue
    public static StatedPrecision ofModel(String key, String model) {
        for (String name : List.of(key, model)) {
            var found = PUBLISHED.get(name);
            if (found != null) {
                return new StatedPrecision.Known(
                        found.precision(), found.source(), Optional.empty());
            }
        }
        return new StatedPrecision.Unserved(
                model, "nothing says how its weights are stored; give --precision");
    }

    /// The repository that a model of the catalogue was published in; empty where none is known.
    public static Optional<String> repository(String model) {
        return Optional.ofNullable(PUBLISHED.get(model)).map(Publication::repository);
    }

    /// The precision of the weights in a repository; empty for one that publishes none of the
    /// models.
    public static Optional<Precision> ofRepository(String repository) {
        return PUBLISHED.values().stream()
                .filter(each -> each.repository().equals(repository))
                .map(Publication::precision)
                .findAny();
    }

    private static WeightScheme scheme(String ending) {
        if (ending.startsWith("awq") || ending.startsWith("gptq")) {
            return WeightScheme.unmeasured(ending.substring(0, ending.startsWith("awq") ? 3 : 4));
        }
        return switch (ending) {
            case "bf16" -> WeightScheme.exact(Precision.BF16);
            case "mxfp4" -> WeightScheme.exact(Precision.MXFP4);
            case "int4", "w4a16", "quantized.w4a16" -> WeightScheme.exact(Precision.INT4);
            case "bnb-4bit", "4bit" -> WeightScheme.bitsAndBytes();
            case "int8", "w8a8", "w8a16", "quantized.w8a8", "quantized.w8a16", "bnb-8bit", "8bit" ->
                    WeightScheme.int8();
            case "gguf" ->
                    WeightScheme.none("its files are of llama.cpp, which none of the engines is");
            default ->
                    ending.contains("fp4")
                            ? WeightScheme.exact(Precision.NVFP4)
                            : WeightScheme.exact(Precision.FP8);
        };
    }
}
