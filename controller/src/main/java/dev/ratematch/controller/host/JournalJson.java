package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.Advisor.Advice;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.service.Service;
import java.util.Locale;

/// The lines of a journal as JSON: all that is needed to decide every cycle again. Unknown is null,
/// never zero; docs/journal.md says what each field means.
public final class JournalJson {

    /// Field that says whose a line is, where a stream has lines of several.
    public static final String OF = "ratematcher";

    private JournalJson() {}

    /// The line that says what the cycles after it are decided for, and what they go on from.
    public static ObjectNode service(Service service, Advice from) {
        var request = service.request();
        var node = JsonNodeFactory.instance.objectNode();
        node.put("version", JournalEntry.VERSION);
        node.put("kind", "service");
        node.set("service", ServiceJson.write(request));
        // Milliseconds cannot carry every second exactly.
        node.putObject("slo_s")
                .put("ttft", request.slo().ttftSeconds())
                .put("itl", request.slo().itlSeconds())
                .put("percentile", request.slo().percentile());
        node.put("state", StateText.write(service.identity(), from.state()));
        var proposed = from.proposed();
        if (proposed != null) {
            move(node.putObject("proposed"), proposed);
        }
        return node;
    }

    /// The line of one cycle.
    ///
    /// @param cycle its number since the service line, from 1
    public static ObjectNode cycle(JournalEntry entry, long cycle) {
        var decision = entry.decision();
        var node = JsonNodeFactory.instance.objectNode();
        node.put("version", JournalEntry.VERSION);
        node.put("kind", "cycle");
        node.put("cycle", cycle);
        node.put("at_s", entry.atSeconds());
        node.put("snapshot", entry.snapshotDigest());
        node.put("decision", decision.label());
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
        node.put("limiting", entry.limiting().name().toLowerCase(Locale.ROOT));
        var move = entry.move();
        if (move == null) {
            node.putNull("move");
        } else {
            move(node.putObject("move"), move);
        }
        var warnings = node.putArray("warnings");
        entry.snapshot().warnings().forEach(warnings::add);
        var errors = node.putArray("errors");
        entry.commandErrors().forEach(errors::add);
        node.put("decider", entry.decider().name().toLowerCase(Locale.ROOT));
        var interlock = entry.interlock();
        if (interlock == null) {
            node.putNull("interlock");
        } else {
            node.putObject("interlock")
                    .put("reason", interlock.reason().name())
                    .put("text", interlock.text());
        }
        node.set("seen", SnapshotJson.write(entry.snapshot()));
        return node;
    }

    private static void move(ObjectNode node, Move move) {
        MoveJson.write(node, move).put("shrunk_s", move.shrunkSeconds());
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
}
