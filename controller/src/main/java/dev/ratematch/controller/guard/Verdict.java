package dev.ratematch.controller.guard;

import java.util.List;

/// What one guard says of one cycle.
///
/// @param guard who says it
/// @param holds whether the fleet is to stay as it is for this reason
/// @param text one sentence for people where it holds and says more than its name; else empty
/// @param figures the numbers behind it
public record Verdict(Reason guard, boolean holds, String text, List<Figure> figures) {

    public Verdict {
        figures = List.copyOf(figures);
    }

    /// Nothing stands in the way.
    static Verdict passes(Reason guard, Figure... figures) {
        return new Verdict(guard, false, "", List.of(figures));
    }

    /// The fleet stays.
    static Verdict holds(Reason guard, String text, Figure... figures) {
        return new Verdict(guard, true, text, List.of(figures));
    }

    /// The fleet stays if something is so; the name says enough.
    static Verdict of(Reason guard, boolean holds, Figure... figures) {
        return new Verdict(guard, holds, "", List.of(figures));
    }
}
