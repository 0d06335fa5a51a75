package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.move.Outstanding;
import dev.ratematch.controller.move.Recent;

/// A state as an earlier version wrote it, brought into today's shape.
final class StateUpgrade {

    private StateUpgrade() {}

    /// A field that did not exist then is empty.
    static void toPresent(ObjectNode kept) {
        if (kept.path("version").asInt() == 1) {
            fromFirst(kept);
        }
        if (kept.get("state") instanceof ObjectNode state && !state.hasNonNull("recent")) {
            state.putPOJO("recent", Recent.NONE);
        }
    }

    /// Version 1 wrote negative numbers for what had never been, kept both roles of a pair as
    /// fields of their own, and what followers were told outside the state.
    private static void fromFirst(ObjectNode kept) {
        kept.put("version", StateText.VERSION);
        if (!(kept.get("state") instanceof ObjectNode state)) {
            return;
        }
        for (String never :
                new String[] {
                    "lastSeenSeconds",
                    "heardSeconds",
                    "lastMoveEndSeconds",
                    "smallerSinceSeconds",
                    "transitionSinceSeconds",
                    "commandedPrefill",
                    "commandedDecode"
                }) {
            forget(state, never);
        }
        pair(state, "commanded", "commandedPrefill", "commandedDecode");
        if (state.get("move") instanceof ObjectNode move) {
            pair(move, "from", "fromPrefill", "fromDecode");
            pair(move, "to", "toPrefill", "toDecode");
            forget(move, "shrunkSeconds");
        }
        state.putNull("proposed");
        state.putPOJO("told", Outstanding.NONE);
    }

    private static void forget(ObjectNode node, String field) {
        if (node.path(field).asDouble(0) < 0) {
            node.putNull(field);
        }
    }

    private static void pair(ObjectNode node, String name, String prefill, String decode) {
        var pair = node.putObject(name);
        pair.set("prefill", node.remove(prefill));
        pair.set("decode", node.remove(decode));
    }
}
