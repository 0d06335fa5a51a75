package dev.ratematch.k8s.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.StateText;
import dev.ratematch.controller.move.Outstanding;
import dev.ratematch.controller.service.Service;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What a RateMatcher's status keeps for the next start.
final class Memory {

    private static final ObjectMapper JSON = new ObjectMapper();

    /// Parts the state from what followers were told, as an earlier version kept that. Base64 has
    /// no dot.
    private static final char SEPARATOR = '.';

    private Memory() {}

    /// The text for the status.
    static String write(Service service, State state) {
        return StateText.write(service.identity(), state.remembered());
    }

    /// What to go on from: what was learnt is void where the service is another, an open move where
    /// the spec no longer allows it, and a text that cannot be read is none.
    static State read(@Nullable String text, Service service) {
        if (text == null) {
            return State.INITIAL;
        }
        try {
            int dot = text.indexOf(SEPARATOR);
            var kept = StateText.read(dot < 0 ? text : text.substring(0, dot));
            boolean same = kept.identity().equals(service.identity());
            var state = same ? kept.state() : kept.state().reconfigured(Calibration.NONE);
            var whole = dot < 0 ? state : state.telling(told(text.substring(dot + 1)));
            return whole.fitting(service.spec());
        } catch (IOException | IllegalArgumentException e) {
            return State.INITIAL;
        }
    }

    /// An earlier version wrote a negative count for one that was never seen.
    private static Outstanding told(String text) throws IOException {
        var tree = JSON.readTree(Base64.getDecoder().decode(text));
        for (String role : new String[] {"prefill", "decode"}) {
            if (tree.get(role) instanceof ObjectNode pool && pool.path("seen").asInt() < 0) {
                pool.putNull("seen");
            }
        }
        var told = JSON.treeToValue(tree, Outstanding.class);
        return told == null ? Outstanding.NONE : told;
    }
}
