package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.Calibration;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.StateText;
import dev.ratematch.controller.service.Service;
import org.jspecify.annotations.Nullable;

/// What a RateMatcher's status keeps for the next start.
final class Memory {

    private Memory() {}

    /// The text for the status.
    static String write(Service service, State state) {
        return StateText.write(service.identity(), state.remembered());
    }

    /// The state to go on from: what was learnt is void where the service is another, an open move
    /// where the spec no longer allows it, and a text that cannot be read is none.
    static State read(@Nullable String text, Service service) {
        if (text == null) {
            return State.INITIAL;
        }
        try {
            var kept = StateText.read(text);
            boolean same = kept.identity().equals(service.identity());
            var state = same ? kept.state() : kept.state().reconfigured(Calibration.NONE);
            return state.fitting(service.spec());
        } catch (IllegalArgumentException e) {
            return State.INITIAL;
        }
    }
}
