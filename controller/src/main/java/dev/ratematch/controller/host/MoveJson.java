package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.move.Move;
import dev.ratematch.controller.move.Move.Phase;

/// A move as JSON, alike in the journal and in replies.
public final class MoveJson {

    private MoveJson() {}

    /// Writes a move into an object, and returns it.
    public static ObjectNode write(ObjectNode node, Move move) {
        return node.put("from_prefill", move.fromPrefill())
                .put("from_decode", move.fromDecode())
                .put("to_prefill", move.toPrefill())
                .put("to_decode", move.toDecode())
                .put("phase", move.phase().name())
                .put("started_s", move.startedSeconds())
                .put("deadline_s", move.deadlineSeconds());
    }

    /// The move that a journal carries.
    ///
    /// @throws IllegalArgumentException if it is none
    public static Move read(JsonNode node) {
        return new Move(
                node.path("from_prefill").asInt(),
                node.path("from_decode").asInt(),
                node.path("to_prefill").asInt(),
                node.path("to_decode").asInt(),
                Phase.valueOf(node.path("phase").asText()),
                node.path("started_s").asDouble(),
                node.path("deadline_s").asDouble(),
                node.path("shrunk_s").asDouble());
    }
}
