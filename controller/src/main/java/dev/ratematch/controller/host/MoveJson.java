package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.move.Move;

/// A move as JSON, alike in the journal and in replies.
public final class MoveJson {

    private MoveJson() {}

    /// Writes a move into an object, and returns it.
    public static ObjectNode write(ObjectNode node, Move move) {
        return node.put("from_prefill", move.from().prefill())
                .put("from_decode", move.from().decode())
                .put("to_prefill", move.to().prefill())
                .put("to_decode", move.to().decode())
                .put("phase", move.phase().name())
                .put("started_s", move.startedSeconds())
                .put("deadline_s", move.deadlineSeconds());
    }
}
