package dev.ratematch.controller.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/// Where a cycle that was decided again is not what was recorded.
///
/// @param line of the journal, from 1
/// @param atSeconds of the cycle
/// @param field path of the field, such as `plan.prefill`
/// @param recorded value; a missing node where there is none
/// @param replayed value; a missing node where there is none
public record Difference(
        long line, double atSeconds, String field, JsonNode recorded, JsonNode replayed) {

    /// The first field, in the order of the record, that differs; null where none does.
    static @Nullable Difference of(long line, JsonNode recorded, JsonNode replayed) {
        return of(line, recorded.path("at_s").asDouble(), "", recorded, replayed);
    }

    private static @Nullable Difference of(
            long line, double at, String path, JsonNode recorded, JsonNode replayed) {
        if (recorded.equals(replayed)) {
            return null;
        }
        if (recorded.isObject() && replayed.isObject()) {
            var names = new LinkedHashSet<String>();
            recorded.fieldNames().forEachRemaining(names::add);
            replayed.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                var inner =
                        of(
                                line,
                                at,
                                path.isEmpty() ? name : path + "." + name,
                                orMissing(recorded.get(name)),
                                orMissing(replayed.get(name)));
                if (inner != null) {
                    return inner;
                }
            }
        }
        return new Difference(line, at, path, recorded, replayed);
    }

    private static JsonNode orMissing(@Nullable JsonNode node) {
        return node == null ? MissingNode.getInstance() : node;
    }
}
