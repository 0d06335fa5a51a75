package dev.ratematch.controller.guard;

import dev.ratematch.controller.observe.Snapshot;
import org.jspecify.annotations.Nullable;

/// Too long has passed unseen for the estimates to go on.
public final class Gap implements Guard<Look> {

    /// Windows that may pass unseen.
    private static final double WINDOWS = 3;

    /// Window length assumed where a snapshot does not say, seconds.
    private static final double WINDOW_UNSEEN = 30;

    private static final double SAME_SECONDS = 1e-9;

    @Override
    public Verdict ask(Look look) {
        var before = look.lastSeenSeconds();
        if (before == null) {
            return Verdict.passes(Reason.GAP);
        }
        var unseen = new Figure("unseen_s", look.snapshot().atSeconds() - before);
        var most = new Figure("most_s", most(look.snapshot()));
        return after(before, look.snapshot())
                ? Verdict.holds(
                        Reason.GAP,
                        "More than three windows were missed; the estimate of the "
                                + "traffic starts again.",
                        unseen,
                        most)
                : Verdict.passes(Reason.GAP, unseen, most);
    }

    /// Whether there is one between two snapshots.
    public static boolean after(@Nullable Double lastSeenSeconds, Snapshot snapshot) {
        return lastSeenSeconds != null
                && snapshot.atSeconds() - lastSeenSeconds > most(snapshot) + SAME_SECONDS;
    }

    private static double most(Snapshot snapshot) {
        return WINDOWS * snapshot.windowSeconds().orElse(WINDOW_UNSEEN);
    }
}
