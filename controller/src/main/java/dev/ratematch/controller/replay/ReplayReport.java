package dev.ratematch.controller.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What came out of a replay, for people and as JSON.
public final class ReplayReport {

    /// Longest value that is shown whole, characters.
    private static final int SHOWN = 200;

    private ReplayReport() {}

    /// One object, of one journal or of several as one; the file is named where there are several.
    ///
    /// @param replayed by the file's name, in order
    /// @param booked what recommendations were worth; null where that was not asked
    public static ObjectNode json(Map<Path, Replayed> replayed, @Nullable Score booked) {
        var node = JsonNodeFactory.instance.objectNode();
        boolean several = replayed.size() > 1;
        node.put("cycles", replayed.values().stream().mapToLong(Replayed::cycles).sum());
        node.put("identical", replayed.values().stream().allMatch(Replayed::identical));
        node.putNull("first_difference");
        for (var each : replayed.entrySet()) {
            var first = each.getValue().first();
            if (first != null) {
                var where = node.putObject("first_difference");
                if (several) {
                    where.put("file", each.getKey().toString());
                }
                where.put("line", first.line());
                where.put("at_s", first.atSeconds());
                where.put("field", first.field());
                where.set("recorded", orNull(first.recorded()));
                where.set("replayed", orNull(first.replayed()));
                break;
            }
        }
        notes(node, replayed, several);
        if (booked != null) {
            scores(node, booked);
        }
        return node;
    }

    private static void notes(ObjectNode node, Map<Path, Replayed> replayed, boolean several) {
        if (replayed.values().stream().allMatch(each -> each.notes().isEmpty())) {
            return;
        }
        node.put("skipped", replayed.values().stream().mapToLong(Replayed::skipped).sum());
        var notes = node.putArray("notes");
        replayed.forEach(
                (file, each) ->
                        each.notes()
                                .forEach(note -> notes.add(several ? file + ", " + note : note)));
    }

    private static void scores(ObjectNode node, Score booked) {
        node.put("decided_otherwise", booked.otherwise());
        var all = node.putArray("scores");
        booked.scores()
                .forEach(
                        (of, scores) -> {
                            var each = all.addObject();
                            if (!of.isEmpty()) {
                                each.put("ratematcher", of);
                            }
                            each.setAll(ScoreJson.of(scores));
                        });
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
