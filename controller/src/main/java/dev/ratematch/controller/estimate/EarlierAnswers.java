package dev.ratematch.controller.estimate;

import dev.ratematch.controller.observe.Snapshot;
import java.util.List;

/// Answers that end in a window and belong to earlier traffic: they say nothing of what arrives
/// now.
///
/// @param answers how many
/// @param tokens of them all
record EarlierAnswers(double answers, double tokens) {

    /// A rate this many times another's belongs to other traffic.
    private static final double OTHER_RATE = 1.5;

    /// It surely does where rate or mean ISL is this many times the other's: noise of short windows
    /// does not reach it.
    private static final double SURELY_OTHER = 3;

    private static final double FADING_MOST_SECONDS = 180;

    private static final EarlierAnswers NONE = new EarlierAnswers(0, 0);

    /// Mean OSL of what arrives now, where long answers of an earlier kind of traffic still end
    /// among it.
    static double leftOut(Snapshot snapshot, List<Window> past, double input, double finishedMean) {
        double finished = snapshot.traffic().completed().orElse(0);
        double itl = snapshot.traffic().itlMeanSeconds().orElse(0);
        double seconds = snapshot.windowSeconds().orElse(0);
        var earlier = among(snapshot, past, input, finishedMean);
        double ours = finished - earlier.answers();
        if (!(earlier.answers() > 0) || ours <= 0.1 * finished) {
            return finishedMean;
        }
        // Tokens per answer that ended: of those that have not ended, what they made so far counts
        // too (total time on test, Epstein and Sobel 1953).
        double running = snapshot.decode().occupancy().mean().orElse(0);
        double made = itl > 0 ? running * seconds / itl : 0;
        double tokens = Math.max(finished * finishedMean, made) - earlier.tokens();
        return Math.max(tokens / ours, finishedMean / 20);
    }

    /// By the window, of those with another ISL or a much lower rate, that left most; else by the
    /// last one with a lower rate, which may be of the same kind, so that its age counts in full.
    private static EarlierAnswers among(
            Snapshot snapshot, List<Window> past, double input, double finishedMean) {
        double itl = snapshot.traffic().itlMeanSeconds().orElse(0);
        double seconds = snapshot.windowSeconds().orElse(0);
        double rate = snapshot.traffic().arrived().orElse(0) / seconds;
        var most = NONE;
        for (int i = past.size() - 1; i >= 0; i--) {
            var old = past.get(i);
            double age = snapshot.atSeconds() - old.atSeconds();
            if (age >= FADING_MOST_SECONDS) {
                break;
            }
            boolean longer = old.outputTokens() > finishedMean;
            double oldRate = old.arrived() / old.seconds();
            if (otherLength(input, old.inputTokens()) || rate > SURELY_OTHER * oldRate) {
                var left = to(old, age - seconds / 2, itl, seconds);
                most = longer && left.tokens() > most.tokens() ? left : most;
            } else if (most.answers() == 0 && rate > OTHER_RATE * oldRate) {
                return longer ? to(old, age, itl, seconds) : most;
            }
        }
        return most;
    }

    private static boolean otherLength(double one, double other) {
        return Math.max(one, other) > SURELY_OTHER * Math.min(one, other);
    }

    /// Those to what came in a window and ends so much later: as many as arrived, fading over twice
    /// their stay.
    private static EarlierAnswers to(Window old, double age, double itl, double seconds) {
        double fading = 2 * old.outputTokens() * itl;
        double answers =
                age < fading ? old.arrived() / old.seconds() * seconds * (1 - age / fading) : 0;
        return new EarlierAnswers(answers, answers * old.outputTokens());
    }
}
