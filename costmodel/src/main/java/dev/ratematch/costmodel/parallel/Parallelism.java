package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.units.Check;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How one worker is spread over GPUs.
///
/// The text forms: `tp4` shards everything; `tep8` shards attention and places whole experts;
/// `dep16` (also `ep16`) runs one copy of attention per GPU and places whole experts. Anything
/// between is spelt out: `tp2dp4ep8` has four copies of attention over two GPUs each, and experts
/// on all eight; `tp8ep4` shards every expert over two GPUs. Without `ep`, experts are sharded over
/// all GPUs; for a dense model `dp` counts independent copies of the whole model. `pp2` behind any
/// of them splits the layers in stages; `cpp4` is a pipeline that long prompts pass in chunks,
/// 8,192 tokens each unless `cpp4c4096` says otherwise.
///
/// @param tensor GPUs that share one attention layer
/// @param pipeline stages
/// @param expert groups of GPUs over which whole experts are placed; 1 when every expert is sharded
///   over all GPUs of a stage
/// @param attentionData copies of attention, each with its own requests
/// @param chunkTokens prompt tokens that a stage works on at a time; 0 for a pipeline without
///   chunks
public record Parallelism(
        int tensor, int pipeline, int expert, int attentionData, int chunkTokens) {

    /// Chunk of `cpp` without a size: the usual token budget of an iteration.
    public static final int DEFAULT_CHUNK_TOKENS = 8192;

    private static final Pattern FORM =
            Pattern.compile(
                    "(?:(tep|dep)(\\d{1,4})|(?:tp(\\d{1,4}))?(?:dp(\\d{1,4}))?(?:ep(\\d{1,4}))?)"
                            + "(?:pp(\\d{1,3})|cpp(\\d{1,3})(?:c(\\d{1,7}))?)?");

    public Parallelism {
        Check.atLeast("tensor", tensor, 1);
        Check.atLeast("pipeline", pipeline, 1);
        Check.atLeast("expert", expert, 1);
        Check.atLeast("attentionData", attentionData, 1);
        Check.atLeast("chunkTokens", chunkTokens, 0);
        if (tensor * attentionData % expert != 0) {
            throw new IllegalArgumentException(
                    "expert (%d) must divide tensor x attentionData (%d)."
                            .formatted(expert, tensor * attentionData));
        }
    }

    /// Without chunks.
    public Parallelism(int tensor, int pipeline, int expert, int attentionData) {
        this(tensor, pipeline, expert, attentionData, 0);
    }

    /// Everything sharded over `gpus`.
    public static Parallelism tp(int gpus) {
        return new Parallelism(gpus, 1, 1, 1);
    }

    /// Attention sharded, experts placed over `gpus`.
    public static Parallelism tep(int gpus) {
        return new Parallelism(gpus, 1, gpus, 1);
    }

    /// Attention copied, experts placed over `gpus`.
    public static Parallelism dep(int gpus) {
        return new Parallelism(1, 1, gpus, gpus);
    }

    /// The form of the calibration data. Dense models have 1 for both widths of the experts; so may
    /// models with experts that are sharded over all GPUs.
    ///
    /// @param tp GPUs that share one attention layer
    /// @param pp stages
    /// @param dp copies of attention
    /// @param moeTp GPUs that share one expert
    /// @param moeEp groups over which whole experts are placed
    public static Parallelism of(int tp, int pp, int dp, int moeTp, int moeEp) {
        boolean unsaid = moeTp == 1 && moeEp == 1;
        if (!unsaid && tp * dp != moeTp * moeEp) {
            throw new IllegalArgumentException(
                    "moe_tp x moe_ep (%d x %d) must equal tp x dp (%d x %d), or both be 1."
                            .formatted(moeTp, moeEp, tp, dp));
        }
        return new Parallelism(tp, pp, moeEp, dp);
    }

    /// Reads a text form, ignoring case.
    public static Parallelism parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (text.isBlank() || !matcher.matches()) {
            throw new IllegalArgumentException(
                    ("parallelism \"%s\" is not understood; write tp4, tep8, dep16, tp2dp4ep8,"
                                    + " tp4pp2 or tp4cpp4c8192.")
                            .formatted(text));
        }
        int tensor = number(matcher, 3, 1);
        int copies = number(matcher, 4, 1);
        int expert = number(matcher, 5, 1);
        if (matcher.group(1) != null) {
            expert = number(matcher, 2, 1);
            tensor = matcher.group(1).equals("tep") ? expert : 1;
            copies = matcher.group(1).equals("dep") ? expert : 1;
        } else if (matcher.group(3) == null && matcher.group(4) == null) {
            copies = expert;
        }
        boolean chunked = matcher.group(7) != null;
        return new Parallelism(
                tensor,
                number(matcher, chunked ? 7 : 6, 1),
                expert,
                copies,
                chunked ? number(matcher, 8, DEFAULT_CHUNK_TOKENS) : 0);
    }

    private static int number(Matcher matcher, int group, int otherwise) {
        String digits = matcher.group(group);
        return digits == null ? otherwise : Integer.parseInt(digits);
    }

    /// GPUs that share one expert.
    public int expertTensor() {
        return gpusPerStage() / expert;
    }

    /// GPUs of one pipeline stage.
    public int gpusPerStage() {
        return tensor * attentionData;
    }

    /// GPUs of one worker.
    public int gpus() {
        return gpusPerStage() * pipeline;
    }

    /// The same with another number of stages.
    public Parallelism withPipeline(int stages) {
        return new Parallelism(tensor, stages, expert, attentionData, chunkTokens);
    }

    /// The same as a pipeline that prompts pass in chunks of so many tokens.
    public Parallelism withChunks(int stages, int tokens) {
        return new Parallelism(tensor, stages, expert, attentionData, tokens);
    }

    /// The text form.
    public String text() {
        return width() + stages();
    }

    private String width() {
        if (attentionData == 1) {
            if (expert == 1) {
                return "tp" + tensor;
            }
            return expert == tensor ? "tep" + tensor : "tp" + tensor + "ep" + expert;
        }
        if (tensor == 1 && expert == attentionData) {
            return "dep" + expert;
        }
        return "tp" + tensor + "dp" + attentionData + (expert > 1 ? "ep" + expert : "");
    }

    private String stages() {
        if (chunkTokens > 0) {
            return "cpp"
                    + pipeline
                    + (chunkTokens == DEFAULT_CHUNK_TOKENS ? "" : "c" + chunkTokens);
        }
        return pipeline > 1 ? "pp" + pipeline : "";
    }

    /// How often every KV head (or latent) is stored inside one copy of attention.
    public double kvDuplication(ModelSpec model) {
        return model.mla().isPresent() ? tensor : Math.max(1.0, (double) tensor / model.kvHeads());
    }

    /// Why this cannot be run or should not be planned, or empty when it can: [#impossible], or a
    /// stage that leaves the NVLink domain.
    public Optional<String> illegal(ModelSpec model, Accelerator accelerator) {
        Optional<String> impossible = Legality.impossible(this, model);
        return impossible.isPresent() ? impossible : Legality.outside(this, model, accelerator);
    }

    /// The same for one checkpoint: block-scaled weights cannot be cut inside a block.
    public Optional<String> illegal(
            ModelSpec model, Accelerator accelerator, Quantization quantization) {
        Optional<String> illegal = illegal(model, accelerator);
        return illegal.isPresent() ? illegal : Legality.blocks(this, model, quantization);
    }

    /// Why no engine can run this, whatever the hardware, or empty.
    public Optional<String> impossible(ModelSpec model) {
        return Legality.impossible(this, model);
    }

    /// Why this prefill worker cannot hand its KV cache to that decode worker over NIXL, or empty.
    /// Latent caches are whole on every GPU and pair with anything.
    public Optional<String> unpairable(Parallelism decode, ModelSpec model) {
        return Legality.unpairable(this, decode, model);
    }
}
