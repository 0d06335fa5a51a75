package dev.ratematch.controller.core;

import dev.ratematch.controller.plan.Planner.Pair;

/// The outcome of one cycle.
public record Step(State state, Decision decision, Explanation explanation) {

    /// Where the decision leads: the end of its move, else the counts themselves.
    public Pair end() {
        var move = explanation.move();
        return move == null
                ? new Pair(decision.prefill(), decision.decode())
                : new Pair(move.toPrefill(), move.toDecode());
    }
}
