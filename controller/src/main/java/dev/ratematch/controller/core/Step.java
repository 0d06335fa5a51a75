package dev.ratematch.controller.core;

/// The outcome of one cycle.
///
/// @param state what the next one goes on from
public record Step(State state, Cycle cycle) {

    /// What was concluded.
    public Decision decision() {
        return cycle.decision();
    }

    /// Why.
    public Explanation explanation() {
        return cycle.explanation();
    }
}
