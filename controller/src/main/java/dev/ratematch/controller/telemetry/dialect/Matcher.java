package dev.ratematch.controller.telemetry.dialect;

import java.util.List;

/// A condition on one label, as in PromQL; an absent label is an empty one. Of regular expressions
/// only alternatives of plain text are understood.
///
/// @param values any of which fits
/// @param negated whether none of them may
public record Matcher(String label, List<String> values, boolean negated) {

    public Matcher {
        values = List.copyOf(values);
    }

    /// Whether this value of the label passes.
    public boolean fits(String value) {
        return values.contains(value) != negated;
    }
}
