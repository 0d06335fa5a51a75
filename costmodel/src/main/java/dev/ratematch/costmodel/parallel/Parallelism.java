package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.units.Check;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How one worker is spread over GPUs. The text forms: `tp4` shards everything; `tep8` shards
/// attention and places whole experts; `dep16` runs one copy of attention per GPU (data parallel)
/// and places whole experts. `pp2` behind any of them splits the layers in stages.
///
/// @param tensor GPUs that share one attention layer
/// @param pipeline stages
/// @param expert GPUs over which whole experts are placed; 1 when experts are sharded by `tensor`
/// @param attentionData copies of attention, each with its own requests
public record Parallelism(int tensor, int pipeline, int expert, int attentionData) {

    private static final Pattern FORM = Pattern.compile("(tp|tep|dep)(\\d{1,4})(?:pp(\\d{1,3}))?");

    public Parallelism {
        Check.atLeast("tensor", tensor, 1);
        Check.atLeast("pipeline", pipeline, 1);
        Check.atLeast("expert", expert, 1);
        Check.atLeast("attentionData", attentionData, 1);
        if (expert != 1 && expert != tensor * attentionData) {
            throw new IllegalArgumentException(
                    "expert (%d) must be 1 or tensor x attentionData (%d)."
                            .formatted(expert, tensor * attentionData));
        }
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

    /// Reads `tp4`, `tep8`, `dep16`, `tp4pp2`, ignoring case.
    public static Parallelism parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "parallelism \"%s\" is not understood; write tp4, tep8, dep16 or tp4pp2."
                            .formatted(text));
        }
        int gpus = Integer.parseInt(matcher.group(2));
        String stages = matcher.group(3);
        Parallelism one =
                switch (matcher.group(1)) {
                    case "tp" -> tp(gpus);
                    case "tep" -> tep(gpus);
                    default -> dep(gpus);
                };
        return stages == null
                ? one
                : new Parallelism(
                        one.tensor, Integer.parseInt(stages), one.expert, one.attentionData);
    }

    /// GPUs of one pipeline stage.
    public int gpusPerStage() {
        return tensor * attentionData;
    }

    /// GPUs of one worker.
    public int gpus() {
        return gpusPerStage() * pipeline;
    }

    /// The text form.
    public String text() {
        String head =
                attentionData > 1
                        ? "dep" + gpusPerStage()
                        : (expert > 1 ? "tep" : "tp") + gpusPerStage();
        return pipeline > 1 ? head + "pp" + pipeline : head;
    }

    /// How often every KV head (or latent) is stored inside one copy of attention.
    public double kvDuplication(ModelSpec model) {
        return model.mla().isPresent() ? tensor : Math.max(1.0, (double) tensor / model.kvHeads());
    }

    /// Why this cannot be run, or empty when it can.
    public Optional<String> illegal(ModelSpec model, Accelerator accelerator) {
        if (model.heads() % tensor != 0) {
            return no("tensor %d must divide the %d heads of %s", tensor, model.heads(), model);
        }
        if (model.mla().isEmpty()
                && model.kvHeads() % tensor != 0
                && tensor % model.kvHeads() != 0) {
            return no(
                    "tensor %d and the %d KV heads of %s must divide one another",
                    tensor, model.kvHeads(), model);
        }
        if (model.intermediate() % tensor != 0) {
            return no(
                    "tensor %d must divide the feed-forward width %d of %s",
                    tensor, model.intermediate(), model);
        }
        if (pipeline > model.layers()) {
            return no(
                    "pipeline %d must not exceed the %d layers of %s",
                    pipeline, model.layers(), model);
        }
        if (model.moe().isEmpty() && (expert > 1 || attentionData > 1)) {
            return Optional.of(
                    "%s: %s has no experts to place; use tp%d."
                            .formatted(text(), model.name(), gpusPerStage()));
        }
        if (model.moe().isPresent()) {
            ModelSpec.Moe moe = model.moe().get();
            if (moe.experts() % expert != 0) {
                return no(
                        "expert %d must divide the %d experts of %s", expert, moe.experts(), model);
            }
            if (expert == 1 && moe.intermediate() % tensor != 0) {
                return no(
                        "tensor %d must divide the expert width %d of %s",
                        tensor, moe.intermediate(), model);
            }
        }
        if (gpusPerStage() > accelerator.nvlinkGpus()) {
            return Optional.of(
                    "%s: %d GPUs per stage leave the NVLink domain of %s, which has %d."
                            .formatted(
                                    text(),
                                    gpusPerStage(),
                                    accelerator.name(),
                                    accelerator.nvlinkGpus()));
        }
        return Optional.empty();
    }

    private Optional<String> no(String rule, int given, int have, ModelSpec model) {
        return Optional.of("%s: %s.".formatted(text(), rule.formatted(given, have, model.name())));
    }
}
