package dev.ratematch.sizing.launch;

import dev.ratematch.costmodel.parallel.Precision;
import java.util.Map;
import java.util.Optional;

/// Where the weights of the catalogue's models are published, and in which type; by the cards of
/// their repositories on Hugging Face.
final class Checkpoints {

    private record Published(String id, Precision precision) {}

    private static final Map<String, Published> PUBLISHED =
            Map.ofEntries(
                    bf16("llama-3.1-8b", "meta-llama/Llama-3.1-8B-Instruct"),
                    bf16("llama-3.1-70b", "meta-llama/Llama-3.1-70B-Instruct"),
                    bf16("llama-3.1-405b", "meta-llama/Llama-3.1-405B-Instruct"),
                    bf16("qwen3-32b", "Qwen/Qwen3-32B"),
                    bf16("qwen3-30b-a3b", "Qwen/Qwen3-30B-A3B"),
                    bf16("qwen3-235b-a22b", "Qwen/Qwen3-235B-A22B"),
                    bf16("qwen3.5-397b-a17b", "Qwen/Qwen3.5-397B-A17B"),
                    entry("deepseek-r1", "deepseek-ai/DeepSeek-R1", Precision.FP8),
                    entry("deepseek-v3", "deepseek-ai/DeepSeek-V3", Precision.FP8),
                    entry("kimi-k2", "moonshotai/Kimi-K2-Instruct", Precision.FP8),
                    entry("kimi-k2.5", "moonshotai/Kimi-K2.5", Precision.INT4),
                    entry("minimax-m2.5", "MiniMaxAI/MiniMax-M2.5", Precision.FP8),
                    entry("glm-5", "zai-org/GLM-5-FP8", Precision.FP8),
                    entry("gpt-oss-120b", "openai/gpt-oss-120b", Precision.MXFP4));

    private Checkpoints() {}

    private static Map.Entry<String, Published> bf16(String model, String id) {
        return entry(model, id, Precision.BF16);
    }

    private static Map.Entry<String, Published> entry(
            String model, String id, Precision precision) {
        return Map.entry(model, new Published(id, precision));
    }

    /// The repository of a model.
    ///
    /// @throws IllegalArgumentException where none is known
    static String published(String model) {
        var found = PUBLISHED.get(model);
        if (found == null) {
            throw new IllegalArgumentException(
                    "--checkpoint is missing: where the weights of %s are is not known; give their"
                                    .formatted(model)
                            + " Hugging Face id or the folder that the engines load.");
        }
        return found.id();
    }

    /// The type of a published checkpoint's weights; empty for any other.
    static Optional<Precision> precision(String checkpoint) {
        return PUBLISHED.values().stream()
                .filter(each -> each.id().equals(checkpoint))
                .map(Published::precision)
                .findAny();
    }

    /// What is wrong where a published checkpoint holds other weights than were planned and the
    /// engines do not make the ones out of the others while they load.
    static Optional<String> mismatch(PlannedFleet fleet) {
        return precision(fleet.checkpoint())
                .filter(held -> held != fleet.precision() && !quantizedWhileLoading(fleet))
                .map(
                        held ->
                                ("The plan counts on %s weights, but %s holds %s: give --checkpoint"
                                                + " with weights of the planned type, or plan with"
                                                + " --precision %s.")
                                        .formatted(
                                                PlannedFleet.spelled(fleet.precision()),
                                                fleet.checkpoint(),
                                                PlannedFleet.spelled(held),
                                                PlannedFleet.spelled(held)));
    }

    /// Whether engines make FP8 of the published BF16 weights while they load: vLLM and SGLang do
    /// (`--quantization fp8`), TensorRT-LLM does not.
    static boolean quantizedWhileLoading(PlannedFleet fleet) {
        boolean loads = fleet.engine().equals("vllm") || fleet.engine().equals("sglang");
        return loads
                && fleet.precision() == Precision.FP8
                && precision(fleet.checkpoint()).equals(Optional.of(Precision.BF16));
    }
}
