package dev.ratematch.k8s.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.StateText;
import dev.ratematch.controller.service.Service;
import dev.ratematch.k8s.publish.Outstanding;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What a RateMatcher's status keeps for the next start.
///
/// @param outstanding what followers have been told and may yet apply
record Memory(State state, Outstanding outstanding) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /// Base64 has no dot.
    private static final String SEPARATOR = ".";

    static final Memory NONE = new Memory(State.INITIAL, Outstanding.NONE);

    /// The text for the status.
    String write(Service service) {
        try {
            String told = Base64.getEncoder().encodeToString(JSON.writeValueAsBytes(outstanding));
            return StateText.write(service.identity(), state.remembered()) + SEPARATOR + told;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The memory cannot be written.", e);
        }
    }

    /// What to go on from: what was learnt is void where the service is another, an open move where
    /// the spec no longer allows it, and a text that cannot be read is none.
    static Memory read(@Nullable String text, Service service) {
        if (text == null) {
            return NONE;
        }
        try {
            int dot = text.indexOf(SEPARATOR);
            var kept = StateText.read(dot < 0 ? text : text.substring(0, dot));
            boolean same = kept.identity().equals(service.identity());
            var state = same ? kept.state() : kept.state().reconfigured(Calibration.NONE);
            return new Memory(
                    state.fitting(service.spec()),
                    dot < 0 ? Outstanding.NONE : told(text.substring(dot + 1)));
        } catch (IOException | IllegalArgumentException e) {
            return NONE;
        }
    }

    private static Outstanding told(String text) throws IOException {
        var told = JSON.readValue(Base64.getDecoder().decode(text), Outstanding.class);
        return told == null ? Outstanding.NONE : told;
    }
}
