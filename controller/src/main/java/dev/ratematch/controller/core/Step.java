package dev.ratematch.controller.core;

import dev.ratematch.controller.observe.Sizes;

/// The outcome of one cycle.
public record Step(State state, Decision decision, Explanation explanation) {

    /// Where the decision leads: the end of its move, else the counts themselves.
    public Sizes end() {
        var move = explanation.move();
        return move == null
                ? new Sizes(decision.prefill(), decision.decode())
                : new Sizes(move.toPrefill(), move.toDecode());
    }
}
