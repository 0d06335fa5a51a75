package dev.ratematch.controller.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.State;
import java.io.IOException;
import java.util.Base64;

/// The opaque state: what the controller remembers, and which service it was learnt on.
public final class StateText {

    static final int VERSION = 2;
    private static final ObjectMapper JSON = new ObjectMapper();

    private StateText() {}

    /// A state with its service.
    public record Kept(int version, String identity, State state) {}

    /// One line of text; `identity` is that of the service.
    public static String write(String identity, State state) {
        try {
            var kept = new Kept(VERSION, identity, state);
            return Base64.getEncoder().encodeToString(JSON.writeValueAsBytes(kept));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The state cannot be written.", e);
        }
    }

    /// The state that such a line carries, of this version or of the one before.
    ///
    /// @throws IllegalArgumentException if it is of neither
    public static Kept read(String text) {
        try {
            var tree = JSON.readTree(Base64.getDecoder().decode(text));
            if (tree instanceof ObjectNode node) {
                StateUpgrade.toPresent(node);
            }
            var kept = JSON.treeToValue(tree, Kept.class);
            if (kept != null && kept.version() == VERSION) {
                return kept;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(refusal(), e);
        }
        throw new IllegalArgumentException(refusal());
    }

    private static String refusal() {
        return "state is not one that this version wrote; leave it out to start afresh.";
    }
}
