package dev.ratematch.costmodel.parallel;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.LinearAttention;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.ModelSpec.Moe;
import java.util.Optional;

/// What makes a parallelism illegal, with the reason.
final class Legality {

    /// Block of FP8 weights that share a scale (DeepSeek's 128 x 128).
    private static final int BLOCK = 128;

    private Legality() {}

    static Optional<String> impossible(Parallelism p, ModelSpec model) {
        Optional<String> attention = attention(p, model);
        if (attention.isPresent()) {
            return attention;
        }
        if (model.intermediate() % p.tensor() != 0) {
            return no(
                    p,
                    "tensor %d must divide the feed-forward width %d of %s",
                    p.tensor(),
                    model.intermediate(),
                    model);
        }
        if (p.pipeline() > model.layers()) {
            return no(
                    p,
                    "pipeline %d must not exceed the %d layers of %s",
                    p.pipeline(),
                    model.layers(),
                    model);
        }
        if (p.chunkTokens() > 0 && p.pipeline() == 1) {
            return Optional.of(
                    "%s: chunks of %d tokens need a pipeline of at least 2 stages."
                            .formatted(p.text(), p.chunkTokens()));
        }
        return experts(p, model);
    }

    private static Optional<String> attention(Parallelism p, ModelSpec model) {
        int tensor = p.tensor();
        if (model.heads() % tensor != 0) {
            return no(p, "tensor %d must divide the %d heads of %s", tensor, model.heads(), model);
        }
        if (model.mla().isEmpty()
                && model.kvHeads() % tensor != 0
                && tensor % model.kvHeads() != 0) {
            return no(
                    p,
                    "tensor %d and the %d KV heads of %s must divide one another",
                    tensor,
                    model.kvHeads(),
                    model);
        }
        if (model.linearAttention().isPresent()) {
            LinearAttention linear = model.linearAttention().get();
            if (linear.keyHeads() % tensor != 0) {
                return no(
                        p,
                        "tensor %d must divide the %d key heads of linear attention of %s",
                        tensor,
                        linear.keyHeads(),
                        model);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> experts(Parallelism p, ModelSpec model) {
        if (model.moe().isEmpty()) {
            return p.expert() == 1
                    ? Optional.empty()
                    : Optional.of(
                            "%s: %s has no experts to place; use tp%d."
                                    .formatted(p.text(), model.name(), p.gpusPerStage()));
        }
        Moe moe = model.moe().get();
        if (p.expert() > moe.experts()) {
            return no(
                    p,
                    "expert %d must not exceed the %d experts of %s",
                    p.expert(),
                    moe.experts(),
                    model);
        }
        if (moe.intermediate() % p.expertTensor() != 0) {
            return no(
                    p,
                    p.expert() == 1 && p.attentionData() == 1
                            ? "tensor %d must divide the expert width %d of %s"
                            : "%d GPUs per expert must divide the expert width %d of %s",
                    p.expertTensor(),
                    moe.intermediate(),
                    model);
        }
        return Optional.empty();
    }

    static Optional<String> outside(Parallelism p, ModelSpec model, Accelerator accelerator) {
        // Copies of a dense model do not talk to one another.
        int gpus = model.moe().isPresent() ? p.gpusPerStage() : p.tensor();
        if (gpus <= accelerator.nvlinkGpus()) {
            return Optional.empty();
        }
        return Optional.of(
                "%s: %d GPUs per stage leave the NVLink domain of %s, which has %d."
                        .formatted(p.text(), gpus, accelerator.name(), accelerator.nvlinkGpus()));
    }

    static Optional<String> blocks(Parallelism p, ModelSpec model, Quantization quantization) {
        if (quantization.experts() != WeightType.FP8_BLOCK || model.moe().isEmpty()) {
            return Optional.empty();
        }
        int width = model.moe().get().intermediate() / p.expertTensor();
        return width % BLOCK == 0
                ? Optional.empty()
                : Optional.of(
                        "%s: %d of the expert width per GPU must be a multiple of the %d x %d blocks of fp8_block."
                                .formatted(p.text(), width, BLOCK, BLOCK));
    }

    static Optional<String> unpairable(Parallelism prefill, Parallelism decode, ModelSpec model) {
        if (model.mla().isPresent() || prefill.tensor() <= decode.tensor()) {
            return Optional.empty();
        }
        return Optional.of(
                "prefill %s with decode %s: NIXL cannot merge the KV heads of %d prefill GPUs into %d; prefill tensor (%d) must not exceed decode tensor (%d)."
                        .formatted(
                                prefill.text(),
                                decode.text(),
                                prefill.tensor(),
                                decode.tensor(),
                                prefill.tensor(),
                                decode.tensor()));
    }

    private static Optional<String> no(
            Parallelism p, String rule, int given, int have, ModelSpec model) {
        return Optional.of(
                "%s: %s.".formatted(p.text(), rule.formatted(given, have, model.name())));
    }
}
