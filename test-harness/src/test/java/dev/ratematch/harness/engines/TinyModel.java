package dev.ratematch.harness.engines;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model of two layers made by hand: the files that a frontend reads of one. It has no weights.
/// Each word `w3`, `w4`, ... is one token, so that whoever counts words knows the tokens.
final class TinyModel {

    /// Words below it are no text.
    static final int FIRST_WORD = 3;

    /// More than mockers ever speak of: they answer with tokens of four digits.
    static final int WORDS = 8192;

    /// Keys and values of one token: two layers, two heads of 64.
    static final int KV_VALUES = 2 * 2 * 2 * 64;

    static final String NAME = "tiny";

    private static final ObjectMapper JSON = new ObjectMapper();

    private TinyModel() {}

    /// Writes it into a folder that is there.
    static void write(Path folder) throws IOException {
        write(
                folder.resolve("config.json"),
                Map.ofEntries(
                        Map.entry("architectures", List.of("LlamaForCausalLM")),
                        Map.entry("model_type", "llama"),
                        Map.entry("hidden_size", 256), // heads of 64: vLLM has no smaller on CPU
                        Map.entry("intermediate_size", 256),
                        Map.entry("num_hidden_layers", 2),
                        Map.entry("num_attention_heads", 4),
                        Map.entry("num_key_value_heads", 2),
                        Map.entry("vocab_size", WORDS),
                        Map.entry("max_position_embeddings", 8192),
                        Map.entry("bos_token_id", 1),
                        Map.entry("eos_token_id", 2),
                        Map.entry("torch_dtype", "bfloat16")));
        write(
                folder.resolve("generation_config.json"),
                Map.of("bos_token_id", 1, "eos_token_id", 2));
        write(
                folder.resolve("tokenizer_config.json"),
                Map.of(
                        "tokenizer_class",
                        "PreTrainedTokenizerFast",
                        "unk_token",
                        "<unk>",
                        "bos_token",
                        "<s>",
                        "eos_token",
                        "</s>",
                        "chat_template",
                        "{% for m in messages %}{{ m['content'] }}{% endfor %}"));
        write(folder.resolve("tokenizer.json"), tokenizer());
    }

    private static Map<String, Object> tokenizer() {
        var words = new LinkedHashMap<String, Integer>();
        words.put("<unk>", 0);
        words.put("<s>", 1);
        words.put("</s>", 2);
        for (int word = FIRST_WORD; word < WORDS; word++) {
            words.put("w" + word, word);
        }
        return Map.of(
                "version", "1.0",
                "added_tokens", List.of(),
                "pre_tokenizer", Map.of("type", "WhitespaceSplit"),
                "model", Map.of("type", "WordLevel", "vocab", words, "unk_token", "<unk>"));
    }

    private static void write(Path file, Map<String, Object> content) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(content));
    }
}
