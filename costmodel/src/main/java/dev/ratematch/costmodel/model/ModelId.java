package dev.ratematch.costmodel.model;

import java.util.List;
import java.util.Locale;

/// A name of a model, taken apart.
///
/// @param given as it was written
/// @param key lower case, without the owner and without endings; what the catalogue is asked for
/// @param weights the ending that tells how the weights are stored, lower case and without its
///   hyphen, such as `fp8-dynamic`; empty where the name does not tell
public record ModelId(String given, String key, String weights) {

    /// Endings that tell of the training and not of the structure.
    private static final List<String> TRAINING =
            List.of("instruct-2507", "thinking-2507", "instruct", "base");

    /// Endings that tell how the weights are stored; longer ones before those that they end in.
    private static final List<String> WEIGHTS =
            List.of(
                    "fp8-static-pertensor",
                    "quantized.w4a16",
                    "quantized.w8a16",
                    "quantized.w8a8",
                    "fp8-dynamic",
                    "fp8-block",
                    "w8a8-fp8",
                    "gptq-int4",
                    "gptq-int8",
                    "awq-int4",
                    "awq-4bit",
                    "bnb-4bit",
                    "bnb-8bit",
                    "nvfp4-v2",
                    "fp4-v2",
                    "fp8-kv",
                    "nvfp4",
                    "mxfp4",
                    "w4a16",
                    "w8a16",
                    "w8a8",
                    "gptq",
                    "gguf",
                    "int4",
                    "int8",
                    "bf16",
                    "4bit",
                    "8bit",
                    "fp4",
                    "fp8",
                    "awq");

    /// Takes a name apart.
    public static ModelId of(String name) {
        String key = name.strip().toLowerCase(Locale.ROOT);
        key = key.substring(key.lastIndexOf('/') + 1);
        String weights = "";
        boolean cut = true;
        while (cut) {
            String training = ending(key, TRAINING);
            String stored = training.isEmpty() ? ending(key, WEIGHTS) : "";
            // The outermost is what was made last.
            weights = weights.isEmpty() ? stored : weights;
            int length = training.length() + stored.length();
            cut = length > 0;
            key = cut ? key.substring(0, key.length() - length - 1) : key;
        }
        return new ModelId(name.strip(), key, weights);
    }

    private static String ending(String key, List<String> endings) {
        return endings.stream().filter(ending -> key.endsWith("-" + ending)).findFirst().orElse("");
    }
}
