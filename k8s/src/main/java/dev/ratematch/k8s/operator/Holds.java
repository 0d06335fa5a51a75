package dev.ratematch.k8s.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.k8s.operator.SessionState.Foreign;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The counts that somebody else set and that we respect for now, beside the memory that a
/// RateMatcher keeps for the next start: a restart must not undo what a person has just done. Pure.
final class Holds {

    /// Base64 has none, and the memory itself neither.
    private static final char SEPARATOR = '~';

    private static final ObjectMapper JSON = new ObjectMapper();

    /// One of them as it is written.
    private record Kept(String writer, int replicas, String at) {}

    private Holds() {}

    /// The memory with them; as it was where there is none.
    static String with(String memory, Map<Role, Foreign> foreign) {
        if (foreign.isEmpty()) {
            return memory;
        }
        var kept = new TreeMap<String, Kept>();
        foreign.forEach(
                (role, other) ->
                        kept.put(
                                role.label(),
                                new Kept(other.writer(), other.replicas(), other.at().toString())));
        try {
            return memory
                    + SEPARATOR
                    + Base64.getEncoder().encodeToString(JSON.writeValueAsBytes(kept));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The holds cannot be saved.", e);
        }
    }

    /// The memory without them.
    static String without(String text) {
        int at = text.indexOf(SEPARATOR);
        return at < 0 ? text : text.substring(0, at);
    }

    /// Those that a text carries; a text that cannot be read carries none.
    static Map<Role, Foreign> read(@Nullable String text) {
        int at = text == null ? -1 : text.indexOf(SEPARATOR);
        if (text == null || at < 0) {
            return Map.of();
        }
        Map<Role, Foreign> foreign = new EnumMap<>(Role.class);
        try {
            var tree = JSON.readTree(Base64.getDecoder().decode(text.substring(at + 1)));
            for (var role : Role.values()) {
                if (tree.has(role.label())) {
                    var kept = JSON.treeToValue(tree.get(role.label()), Kept.class);
                    foreign.put(
                            role,
                            new Foreign(kept.writer(), kept.replicas(), Instant.parse(kept.at())));
                }
            }
            return foreign;
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return Map.of();
        }
    }
}
