package dev.ratematch.controller.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/// What came out of a replay, for people and as JSON.
public final class ReplayReport {

    /// Longest value that is shown whole, characters.
    private static final int SHOWN = 200;

    private ReplayReport() {}

    /// One object.
    public static ObjectNode json(Replayed replayed) {
        var node = JsonNodeFactory.instance.objectNode();
        node.put("cycles", replayed.cycles());
        node.put("identical", replayed.identical());
        var first = replayed.first();
        if (first == null) {
            node.putNull("first_difference");
        } else {
            var where = node.putObject("first_difference");
            where.put("line", first.line());
            where.put("at_s", first.atSeconds());
            where.put("field", first.field());
            where.set("recorded", orNull(first.recorded()));
            where.set("replayed", orNull(first.replayed()));
        }
        if (!replayed.notes().isEmpty()) {
            node.put("skipped", replayed.skipped());
            var notes = node.putArray("notes");
            replayed.notes().forEach(notes::add);
        }
        return node;
    }

    private static JsonNode orNull(JsonNode value) {
        return value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value;
    }

    /// One line for people.
    ///
    /// @param journal what to call it
    public static String text(String journal, Replayed replayed) {
        var first = replayed.first();
        String skipped =
                replayed.skipped() == 0
                        ? ""
                        : " %d could not be decided again.".formatted(replayed.skipped());
        return first == null
                ? "%s: %d cycles decided again, all as recorded.%s"
                        .formatted(journal, replayed.cycles(), skipped)
                : "%s: %d cycles decided again; the first that differs is %s.%s"
                        .formatted(journal, replayed.cycles(), text(first), skipped);
    }

    private static String text(Difference first) {
        return String.format(
                Locale.ROOT,
                "line %d, at %s s: %s was %s and is now %s",
                first.line(),
                first.atSeconds(),
                first.field(),
                shown(first.recorded()),
                shown(first.replayed()));
    }

    private static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "missing" : value.toString();
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
