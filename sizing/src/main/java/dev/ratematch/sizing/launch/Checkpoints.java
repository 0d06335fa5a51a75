package dev.ratematch.sizing.launch;

import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.PublishedPrecision;
import java.util.Optional;

/// Whether the weights that engines load are of the type that was planned.
final class Checkpoints {

    private Checkpoints() {}

    /// The repository of a model.
    ///
    /// @throws IllegalArgumentException where none is known
    static String published(String model) {
        return PublishedPrecision.repository(model)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        ("--checkpoint is missing: where the weights of %s are is"
                                                        + " not known; give their Hugging Face id"
                                                        + " or the folder that the engines load.")
                                                .formatted(model)));
    }

    /// What is wrong where a published checkpoint holds other weights than were planned and the
    /// engines do not make the ones out of the others while they load.
    static Optional<String> mismatch(PlannedFleet fleet) {
        return PublishedPrecision.ofRepository(fleet.checkpoint())
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
                && PublishedPrecision.ofRepository(fleet.checkpoint())
                        .equals(Optional.of(Precision.BF16));
    }
}
