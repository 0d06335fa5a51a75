package dev.ratematch.sizing;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.StatedPrecision;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The precision that a plan is made for.
///
/// @param precision of the weights
/// @param source who says so
/// @param warning what the plan does otherwise than the files of the model say; empty for nothing
public record Weights(Precision precision, String source, Optional<String> warning) {

    /// What the files or the name of a model state, unless another precision was asked for.
    ///
    /// @param asked value of `--precision`; null where it was not given
    /// @throws IllegalArgumentException where they state what cannot be planned and nothing was
    ///   asked for
    public static Weights of(ModelFile file, @Nullable String asked, Accelerator gpu) {
        var weights = asked != null ? asked(file, asked, gpu) : stated(file.stated(), gpu);
        return file.spec().moe().isPresent() ? weights : weights.ofDense(file.spec().name());
    }

    private static Weights asked(ModelFile file, String asked, Accelerator gpu) {
        Precision precision = asked(asked, gpu);
        return file.published()
                ? new Weights(precision, "--precision", Optional.empty())
                : overruled(file.stated(), precision);
    }

    private static Weights stated(StatedPrecision stated, Accelerator gpu) {
        return switch (stated) {
            case StatedPrecision.Known(var precision, String source, var note) -> {
                if (!(precision.flopsPerSecond(gpu) > 0)) {
                    throw new IllegalArgumentException(
                            ("%s says %s, which %s does not compute; give --precision %s for weights"
                                            + " that are quantised anew, or another --gpu.")
                                    .formatted(source, name(precision), gpu.name(), computed(gpu)));
                }
                yield new Weights(
                        precision, source, note.map(how -> "%s: %s.".formatted(source, how)));
            }
            case StatedPrecision.Unserved(String source, String reason) ->
                    throw new IllegalArgumentException(
                            ("%s cannot be planned: %s. Give --precision with what comes nearest:"
                                            + " bf16, fp8, nvfp4, mxfp4 or int4.")
                                    .formatted(source, reason));
        };
    }

    /// The 4-bit formats whose kernels were measured for experts alone, in a model without.
    private Weights ofDense(String model) {
        return switch (precision) {
            case BF16, FP8, NVFP4 -> this;
            case MXFP4 ->
                    throw new IllegalArgumentException(
                            ("%s says mxfp4, of which only the kernels of experts are measured, and"
                                            + " %s has none; give --precision fp8 or bf16.")
                                    .formatted(source, model));
            case INT4 -> {
                String slow =
                        "int4 in layers without experts is planned at the speed of bf16, since its"
                                + " kernels are not measured.";
                yield new Weights(
                        precision,
                        source,
                        Optional.of(warning.map(more -> more + " " + slow).orElse(slow)));
            }
        };
    }

    private static Weights overruled(StatedPrecision stated, Precision asked) {
        String warning =
                switch (stated) {
                    case StatedPrecision.Known(var precision, String source, _) ->
                            precision == asked
                                    ? ""
                                    : ("--precision (%s) is planned, but %s says %s: the weights have"
                                                    + " to be quantised anew.")
                                            .formatted(name(asked), source, name(precision));
                    case StatedPrecision.Unserved(String source, String reason) ->
                            "--precision (%s) is planned in place of %s: %s."
                                    .formatted(name(asked), source, reason);
                };
        return new Weights(
                asked, "--precision", warning.isEmpty() ? Optional.empty() : Optional.of(warning));
    }

    private static Precision asked(String text, Accelerator gpu) {
        var wanted = Precision.parse(text);
        if (!(wanted.flopsPerSecond(gpu) > 0)) {
            throw new IllegalArgumentException(
                    "--precision (%s) is not computed by %s; use %s."
                            .formatted(text, gpu.name(), computed(gpu)));
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
    String name() {
        return name(precision);
    }
}
