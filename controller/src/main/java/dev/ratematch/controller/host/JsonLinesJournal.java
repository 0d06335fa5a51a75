package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Locale;

/// Writes one JSON object a line and flushes it, so that a crash loses no finished cycle. Unknown
/// is null, never zero.
public final class JsonLinesJournal implements Journal, AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Writer out;

    /// A journal on a writer that it will own.
    public JsonLinesJournal(Writer out) {
        this.out = out;
    }

    @Override
    public void append(JournalEntry entry) {
        try {
            out.write(JSON.writeValueAsString(node(entry)));
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The journal cannot be written.", e);
        }
    }

    private static ObjectNode node(JournalEntry entry) {
        var decision = entry.decision();
        var node = JSON.createObjectNode();
        node.put("version", JournalEntry.VERSION);
        node.put("at_s", entry.atSeconds());
        node.put("snapshot", entry.snapshotDigest());
        node.put(
                "decision",
                switch (decision) {
                    case Decision.Hold _ -> "hold";
                    case Decision.Resize _ -> "resize";
                    case Decision.Fallback _ -> "fallback";
                });
        node.put("reason", decision.reason().name());
        node.put("text", entry.text());
        node.put("prefill", decision.prefill());
        node.put("decode", decision.decode());
        var counts = node.putObject("counts");
        counts(counts.putObject("prefill"), entry.snapshot().prefill());
        counts(counts.putObject("decode"), entry.snapshot().decode());
        var plan = entry.plan();
        if (plan == null) {
            node.putNull("plan");
        } else {
            node.putObject("plan")
                    .put("prefill", plan.prefill())
                    .put("decode", plan.decode())
                    .put("limiting", plan.limiting().name().toLowerCase(Locale.ROOT))
                    .put("served_share", plan.servedShare())
                    .put("unreachable", plan.unreachable());
        }
        var warnings = node.putArray("warnings");
        entry.snapshot().warnings().forEach(warnings::add);
        var errors = node.putArray("errors");
        entry.commandErrors().forEach(errors::add);
        return node;
    }

    private static void counts(ObjectNode node, PoolReading pool) {
        count(node, "desired", pool.desired());
        count(node, "ready", pool.ready());
        count(node, "starting", pool.starting());
        count(node, "pending", pool.pending());
        count(node, "draining", pool.draining());
        count(node, "failed", pool.failed());
    }

    private static void count(ObjectNode node, String name, Reading reading) {
        var value = reading.measured();
        if (value.isPresent()) {
            node.put(name, (long) value.getAsDouble());
        } else {
            node.putNull(name);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
