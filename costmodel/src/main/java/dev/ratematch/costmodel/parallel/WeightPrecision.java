package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.ModelId;
import dev.ratematch.costmodel.model.ModelSpec;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The precision that a service is planned for, wherever it is asked for.
///
/// @param precision of the weights
/// @param source who says so
/// @param warning what is planned otherwise than the files of the model say; empty for nothing
public record WeightPrecision(Precision precision, String source, Optional<String> warning) {

    /// What is asked for, if anything is.
    ///
    /// @param field the option or field that asks, for messages
    /// @param value its value; null where it is not given
    public record Asked(String field, @Nullable String value) {}

    /// What the files or the name of a model state, unless another precision was asked for.
    ///
    /// @param published whether `stated` is only how the model was first published
    /// @throws IllegalArgumentException where they state what cannot be planned and nothing was
    ///   asked for
    public static WeightPrecision of(
            ModelSpec model,
            StatedPrecision stated,
            boolean published,
            Asked asked,
            Accelerator gpu) {
        var weights =
                asked.value() != null
                        ? asked(stated, published, asked, asked.value(), gpu)
                        : stated(stated, asked.field(), gpu);
        return model.moe().isPresent() ? weights : weights.ofDense(asked.field(), model.name());
    }

    /// Of a model of the catalogue whose files are not at hand: what its name states.
    public static WeightPrecision named(
            ModelSpec model, String name, Asked asked, Accelerator gpu) {
        var id = ModelId.of(name);
        return of(
                model,
                PublishedPrecision.of(id, model.name()),
                PublishedPrecision.ofEnding(id).isEmpty(),
                asked,
                gpu);
    }

    private static WeightPrecision asked(
            StatedPrecision stated, boolean published, Asked asked, String value, Accelerator gpu) {
        Precision precision = parsed(asked.field(), value, gpu);
        return published
                ? new WeightPrecision(precision, asked.field(), Optional.empty())
                : overruled(stated, asked.field(), precision);
    }

    private static WeightPrecision stated(StatedPrecision stated, String field, Accelerator gpu) {
        return switch (stated) {
            case StatedPrecision.Known(var precision, String source, var note) -> {
                if (!(precision.flopsPerSecond(gpu) > 0)) {
                    throw new IllegalArgumentException(
                            ("%s says %s, which %s does not compute; give %s %s for weights that"
                                            + " are quantised anew, or another GPU.")
                                    .formatted(
                                            source,
                                            name(precision),
                                            gpu.name(),
                                            field,
                                            computed(gpu)));
                }
                yield new WeightPrecision(
                        precision, source, note.map(how -> "%s: %s.".formatted(source, how)));
            }
            case StatedPrecision.Unserved(String source, String reason) ->
                    throw new IllegalArgumentException(
                            ("%s cannot be planned: %s. Give %s with what comes nearest:"
                                            + " bf16, fp8, nvfp4, mxfp4 or int4.")
                                    .formatted(source, reason, field));
        };
    }

    /// The 4-bit formats whose kernels were measured for experts alone, in a model without.
    private WeightPrecision ofDense(String field, String model) {
        return switch (precision) {
            case BF16, FP8, NVFP4 -> this;
            case MXFP4 ->
                    throw new IllegalArgumentException(
                            ("%s says mxfp4, of which only the kernels of experts are measured, and"
                                            + " %s has none; give %s fp8 or bf16.")
                                    .formatted(source, model, field));
            case INT4 -> {
                String slow =
                        "int4 in layers without experts is planned at the speed of bf16, since its"
                                + " kernels are not measured.";
                yield new WeightPrecision(
                        precision,
                        source,
                        Optional.of(warning.map(more -> more + " " + slow).orElse(slow)));
            }
        };
    }

    private static WeightPrecision overruled(
            StatedPrecision stated, String field, Precision asked) {
        String warning =
                switch (stated) {
                    case StatedPrecision.Known(var precision, String source, _) ->
                            precision == asked
                                    ? ""
                                    : ("%s (%s) is planned, but %s says %s: the weights have to be"
                                                    + " quantised anew.")
                                            .formatted(field, name(asked), source, name(precision));
                    case StatedPrecision.Unserved(String source, String reason) ->
                            "%s (%s) is planned in place of %s: %s."
                                    .formatted(field, name(asked), source, reason);
                };
        return new WeightPrecision(
                asked, field, warning.isEmpty() ? Optional.empty() : Optional.of(warning));
    }

    private static Precision parsed(String field, String text, Accelerator gpu) {
        var wanted = Precision.parse(text);
        if (!(wanted.flopsPerSecond(gpu) > 0)) {
            throw new IllegalArgumentException(
                    "%s (%s) is not computed by %s; use %s."
                            .formatted(field, text, gpu.name(), computed(gpu)));
        }
        return wanted;
    }

    private static String computed(Accelerator gpu) {
        return gpu.fp8FlopsPerSecond() > 0 ? "fp8 or bf16" : "bf16";
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    /// Name for people.
    public String name() {
        return name(precision);
    }
}
