package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.service.Service;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The lines of a journal as JSON: all that is needed to decide every cycle again. Unknown is null,
/// never zero; docs/journal.md says what each field means.
public final class JournalJson {

    /// Field that says whose a line is, where a stream has lines of several.
    public static final String OF = "ratematcher";

    private JournalJson() {}

    /// The line that says what the cycles after it are decided for, and from which state.
    public static ObjectNode service(Service service, State state) {
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
        node.put("state", StateText.write(service.identity(), state));
        return node;
    }

    /// The line of one cycle.
    ///
    /// @param number of the cycle since the service line, from 1
    public static ObjectNode cycle(JournalEntry entry, long number) {
        var cycle = entry.cycle();
        var snapshot = cycle.snapshot();
        var why = cycle.explanation();
        var decision = cycle.decision();
        var node = JsonNodeFactory.instance.objectNode();
        node.put("version", JournalEntry.VERSION);
        node.put("kind", "cycle");
        node.put("cycle", number);
        node.put("at_s", snapshot.atSeconds());
        node.put("snapshot", entry.digest());
        node.put("decision", decision.label());
        node.put("reason", decision.reason().name());
        node.put("text", why.text());
        node.put("prefill", decision.counts().prefill());
        node.put("decode", decision.counts().decode());
        var counts = node.putObject("counts");
        counts(counts.putObject("prefill"), snapshot.prefill());
        counts(counts.putObject("decode"), snapshot.decode());
        var plan = why.plan();
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
        node.put("limiting", why.limiting().name().toLowerCase(Locale.ROOT));
        move(node, why.move());
        var warnings = node.putArray("warnings");
        snapshot.warnings().forEach(warnings::add);
        var errors = node.putArray("errors");
        entry.commandErrors().forEach(errors::add);
        node.put("conduct", cycle.conduct().label());
        var interlock = cycle.interlock();
        if (interlock == null) {
            node.putNull("interlock");
        } else {
            node.putObject("interlock")
                    .put("reason", interlock.reason().name())
                    .put("text", interlock.text());
        }
        ExplanationJson.write(node.putObject("why"), cycle);
        node.set("seen", SnapshotJson.write(snapshot));
        return node;
    }

    private static void move(ObjectNode node, @Nullable Move move) {
        if (move == null) {
            node.putNull("move");
            return;
        }
        MoveJson.write(node.putObject("move"), move).put("shrunk_s", move.shrunkSeconds());
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
