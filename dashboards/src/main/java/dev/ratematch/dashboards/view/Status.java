package dev.ratematch.dashboards.view;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.ratematch.controller.core.Cycle;
import java.util.Locale;

/// The one word that a service is listed under, the most urgent first.
public enum Status {
    /// It could not be told what is right.
    CANNOT_TELL,
    /// A promise is measured to be broken.
    LATE,
    /// A move is under way.
    MOVING,
    /// Another ratio is recommended, or commanded with this cycle.
    CHANGE,
    /// The fleet is what it should be.
    STEADY;

    /// Of a cycle.
    static Status of(Cycle cycle) {
        var now = cycle.now().sizes();
        if (!cycle.tells() || now == null) {
            return CANNOT_TELL;
        }
        if (!cycle.breaches().isEmpty()) {
            return LATE;
        }
        if (cycle.open() != null) {
            return MOVING;
        }
        return now.equals(cycle.end()) ? STEADY : CHANGE;
    }

    /// The name in JSON.
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
