package dev.ratematch.controller.core;

/// What becomes of a cycle's counts.
public enum Conduct {
    /// They are commanded. A move that does not come about is taken back.
    CONTROL,
    /// They are told to somebody else, or to nobody: a person, an HPA, KEDA.
    ///
    /// A recommendation is not a move. The move begins when the commanded counts are seen to go its
    /// way; from then on its stages are recommended as they would be commanded. A recommendation
    /// that nobody follows is made again each cycle, and a followed one that is abandoned half way
    /// is forgotten at its deadline: there is nothing to take back that we did.
    ADVICE,
    /// They are of the past: everything is learnt from it, and nobody is told.
    BACKFILL;

    /// The name in JSON.
    public String label() {
        return switch (this) {
            case CONTROL -> "control";
            case ADVICE -> "advice";
            case BACKFILL -> "backfill";
        };
    }
}
