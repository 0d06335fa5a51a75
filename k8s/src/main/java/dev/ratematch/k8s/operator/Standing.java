package dev.ratematch.k8s.operator;

import dev.ratematch.controller.host.Fault;
import dev.ratematch.k8s.api.Condition;
import dev.ratematch.k8s.api.RateMatcherStatus;
import org.jspecify.annotations.Nullable;

/// What conditions are made from: the spec that they are about, and what was said before, so that
/// one keeps the time of its last change. Pure.
///
/// @param generation of the spec
/// @param before the status written last; null for none
record Standing(@Nullable Long generation, @Nullable RateMatcherStatus before) {

    /// The answer that was given last; null for none.
    @Nullable Condition last(String type) {
        return last(before, type);
    }

    static @Nullable Condition last(@Nullable RateMatcherStatus status, String type) {
        return status == null || status.conditions() == null
                ? null
                : status.conditions().stream()
                        .filter(c -> c.type().equals(type))
                        .findFirst()
                        .orElse(null);
    }

    Condition yes(String type, String reason, String message) {
        return condition(type, "True", reason, message);
    }

    Condition no(String type, String reason, String message) {
        return condition(type, "False", reason, message);
    }

    Condition unknown(String type, String reason, String message) {
        return condition(type, "Unknown", reason, message);
    }

    Condition condition(String type, String status, String reason, String message) {
        return condition(type, status, generation, reason, message);
    }

    /// A condition that keeps the time of its last change.
    ///
    /// @param of the generation that it is about
    Condition condition(
            String type, String status, @Nullable Long of, String reason, String message) {
        var last = last(type);
        String since =
                last == null || !last.status().equals(status) ? null : last.lastTransitionTime();
        return new Condition(type, status, of, reason, Fault.clean(message), since);
    }
}
