package dev.ratematch.controller.guard;

/// Too few consistent windows so far.
public final class WarmingUp implements Guard<Look> {

    /// Fewest that can contradict each other.
    public static final int WINDOWS_MIN = 2;

    @Override
    public Verdict ask(Look look) {
        var windows = new Figure("windows", look.windows().size());
        var least = new Figure("least_windows", WINDOWS_MIN);
        return look.windows().size() < WINDOWS_MIN
                ? Verdict.holds(
                        Reason.WARMING_UP,
                        "One consistent window so far; two are needed before a move.",
                        windows,
                        least)
                : Verdict.passes(Reason.WARMING_UP, windows, least);
    }
}
