package dev.ratematch.sizing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ratematch.costmodel.model.HuggingFaceConfig;
import dev.ratematch.costmodel.model.ModelId;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.PublishedPrecision;
import dev.ratematch.costmodel.parallel.QuantizationConfig;
import dev.ratematch.costmodel.parallel.StatedKv;
import dev.ratematch.costmodel.parallel.StatedPrecision;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A model, and what its files or its name say of their precision.
///
/// @param spec its structure; under the name of the catalogue where that has it, so that a model is
///   the same by name and by file
/// @param source where the structure is from
/// @param stated what `config.json`, `hf_quant_config.json` beside it or the name says
/// @param published whether `stated` is only how the model was first published, since the name says
///   nothing
/// @param kv what they say of the KV cache; empty for nothing
public record ModelFile(
        ModelSpec spec,
        String source,
        StatedPrecision stated,
        boolean published,
        Optional<StatedKv> kv) {

    private static final String CONFIG = "config.json";
    private static final String BESIDE = "hf_quant_config.json";

    /// Python writes `Infinity` and `NaN` where JSON has no such numbers.
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    /// A model of the catalogue, or that of a file where there is one of that name.
    ///
    /// @param option for messages
    public static ModelFile named(String option, String name) throws IOException {
        Path file = Path.of(name);
        if (name.endsWith(".json") || Files.exists(file)) {
            return read(option, file);
        }
        var id = ModelId.of(name);
        var spec =
                Models.find(id)
                        .orElseThrow(
                                () ->
                                        Models.unknown(
                                                option,
                                                name,
                                                "give its config.json with --model-config FILE"));
        return new ModelFile(
                spec,
                "in the catalogue",
                PublishedPrecision.of(id, spec.name()),
                PublishedPrecision.ofEnding(id).isEmpty(),
                StatedKv.ofEnding(id));
    }

    /// The model of a `config.json`, or of the folder that it is in.
    ///
    /// @param option for messages
    public static ModelFile read(String option, Path given) throws IOException {
        Path file = Files.isDirectory(given) ? given.resolve(CONFIG) : given;
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("%s (%s) does not exist.".formatted(option, file));
        }
        var config = object(option, file);
        var beside = file.resolveSibling(BESIDE);
        // Files of other names stand together with files of other models.
        boolean alone = !file.endsWith(CONFIG) || !Files.isRegularFile(beside);
        Map<String, Object> optimizer = alone ? Map.of() : object(option, beside);
        return new ModelFile(
                spec(file, config),
                "the structure in " + file,
                QuantizationConfig.stated(config, optimizer),
                false,
                StatedKv.of(config, optimizer));
    }

    /// The structure that a file describes. Where the catalogue has it too, under its name there:
    /// what is known of checkpoints and engines is known by that. Of several with one structure the
    /// one that the path names, then the one that the architecture names, then the first.
    private static ModelSpec spec(Path file, Map<String, Object> config) {
        var alike =
                Models.all().stream()
                        .filter(model -> model.equals(HuggingFaceConfig.read(model.name(), config)))
                        .toList();
        for (String said :
                new String[] {
                    file.toAbsolutePath().toString(),
                    String.valueOf(config.get("_name_or_path")),
                    String.valueOf(config.get("architectures"))
                }) {
            var named =
                    alike.stream()
                            .filter(model -> letters(said).contains(letters(model.name())))
                            .reduce((a, b) -> b.name().length() > a.name().length() ? b : a);
            if (named.isPresent()) {
                return named.get();
            }
        }
        return alike.isEmpty() ? HuggingFaceConfig.read(file.toString(), config) : alike.getFirst();
    }

    private static String letters(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static Map<String, Object> object(String option, Path file) throws IOException {
        try {
            var tree = JSON.readTree(Files.readString(file));
            if (!tree.isObject()) {
                String kind = tree.getNodeType().name().toLowerCase(Locale.ROOT);
                throw new IllegalArgumentException(
                        "%s (%s) is no JSON object: it is %s."
                                .formatted(option, file, tree.isMissingNode() ? "empty" : kind));
            }
            return JSON.convertValue(tree, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "%s (%s) is no JSON object: %s".formatted(option, file, e.getOriginalMessage()),
                    e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "%s (%s) must be text in UTF-8.".formatted(option, file), e);
        }
    }
}
