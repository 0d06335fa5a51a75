package dev.ratematch.k8s.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.roleswitch.Switchboard;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the next start goes on from with the switches of one RateMatcher. Pure.
///
/// @param split how the last command split the target's count; null where there was none
record KeptSwitches(@Nullable Sizes split, Switchboard board) {

    /// Nothing was begun.
    static final KeptSwitches NONE = new KeptSwitches(null, Switchboard.EMPTY);

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /// As it was written; nothing where that cannot be read, since every instance says itself, by
    /// its label and its engine, where it stands.
    static KeptSwitches read(@Nullable String text) {
        if (text == null) {
            return NONE;
        }
        try {
            var found = JSON.readValue(text, KeptSwitches.class);
            return found == null || found.board() == null ? NONE : found;
        } catch (JsonProcessingException e) {
            return NONE;
        }
    }

    String text() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The switches cannot be saved.", e);
        }
    }

    /// Whether a start from here would go on as one from there.
    boolean resumesLike(KeptSwitches other) {
        return Objects.equals(split, other.split)
                && board.begun() == other.board.begun()
                && board.open().equals(other.board.open())
                && board.cooling().equals(other.board.cooling())
                && board.known().equals(other.board.known());
    }
}
