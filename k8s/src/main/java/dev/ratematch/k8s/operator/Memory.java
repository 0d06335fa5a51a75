package dev.ratematch.k8s.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.Resumption;
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

    /// What to go on from: what was learnt is void where the service is another, and a text that
    /// cannot be read is none.
    ///
    /// @param before what the counts of an open move counted
    /// @param now what they count now
    static Resumption read(@Nullable String text, Service service, Counted before, Counted now) {
        if (text == null) {
            return new Resumption(State.INITIAL, null);
        }
        try {
            String own = Holds.without(text);
            int dot = own.indexOf(SEPARATOR);
            var kept = StateText.read(dot < 0 ? own : own.substring(0, dot));
            boolean same = kept.identity().equals(service.identity());
            var state = same ? kept.state() : kept.state().reconfigured(Calibration.NONE);
            var whole = dot < 0 ? state : state.telling(told(own.substring(dot + 1)));
            String changed = before.changed(now);
            String elsewhere =
                    changed == null && !same && before.unknown()
                            ? "it was begun for another service"
                            : changed;
            return Resumption.of(whole, service.spec(), elsewhere);
        } catch (IOException | IllegalArgumentException e) {
            return new Resumption(State.INITIAL, null);
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
