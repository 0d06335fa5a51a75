package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.closed.ClosedLoad;
import dev.ratematch.costmodel.closed.Shortcuts;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.table.Row;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.costmodel.transfer.KvTransfer;
import dev.ratematch.costmodel.transfer.Lanes;
import java.util.Optional;

/// What the optional columns of a deployment say: `prefix_hit`, `accept_length`, `draft_tokens`,
/// `kv_link` and `transfer_mode`, each as the option of `plan` of that name. Public measurements
/// say none of it, so that an absent column means none, free and at once; `transfer_mode` alone
/// means the link that its system has.
///
/// @param asked the load in tokens
record ServingExtras(
        ModelSpec model, ClosedLoad asked, Shortcuts shortcuts, Optional<KvLink> link) {

    private static final double GB = 1e9;

    static ServingExtras of(Row row, ModelSpec model, ClosedLoad asked) {
        double accept = within(row, "accept_length", 1, 64, 1);
        double drafts = within(row, "draft_tokens", accept - 1, 64, Math.ceil(accept - 1));
        var shortcuts = new Shortcuts(within(row, "prefix_hit", 0, 0.999, 0), drafts, accept);
        return new ServingExtras(model, asked, shortcuts, link(row));
    }

    private static double within(
            Row row, String column, double least, double most, double otherwise) {
        double value = row.number(column, otherwise);
        if (value < least || value > most) {
            throw row.wrong(column, "must be between %s and %s".formatted(least, most));
        }
        return value;
    }

    private static Optional<KvLink> link(Row row) {
        if (row.has("kv_link")) {
            return Optional.of(KvLink.of(GB * row.positive("kv_link"), mode(row)));
        }
        return row.has("transfer_mode")
                ? Optional.of(KvLink.of(Accelerators.named(row.text("system")), mode(row)))
                : Optional.empty();
    }

    private static KvLink.Mode mode(Row row) {
        return row.has("transfer_mode")
                ? KvLink.Mode.parse("transfer_mode", row.text("transfer_mode"))
                : KvLink.Mode.PULL;
    }

    /// The load as the closed models take it.
    ClosedLoad load() {
        return shortcuts.load(asked);
    }

    CompiledWorker worker(CompiledWorker worker) {
        return shortcuts.worker(worker, asked, model.layers());
    }

    double budgetTokens(double budgetTokens) {
        return shortcuts.budgetTokens(budgetTokens);
    }

    /// What the transfer of one prompt adds to its first token. All of its KV moves, cached or not.
    ///
    /// @param prefill worker, prefix hits counted
    /// @param decode worker that receives
    double transferSeconds(CompiledWorker prefill, CompiledWorker decode) {
        if (link.isEmpty()) {
            return 0;
        }
        double input = asked.inputTokens();
        double tokens = prefill.parallelism().attentionData() * input;
        double alone = prefill.prefillIterationSeconds(tokens, tokens * input);
        double bytes = KvTransfer.bytesPerRequest(input, prefill.distinctKvBytesPerToken());
        double lanes =
                Lanes.of(model, prefill.parallelism()).to(Lanes.of(model, decode.parallelism()));
        return KvTransfer.exposedSeconds(link.get(), lanes, bytes, alone, model.layers());
    }
}
