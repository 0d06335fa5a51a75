package dev.ratematch.controller.prospect;

import dev.ratematch.controller.estimate.Precedents;
import dev.ratematch.controller.estimate.Unsure;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.observe.Snapshot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What was learnt of the traffic beyond the windows that are remembered.
///
/// @param atSeconds of the newest window in it; null before the first
/// @param recentredSeconds when replicas were last taken from a role although nothing pressed; null
///   where that is not known
/// @param outgrown what was seen not to do for this kind of traffic
/// @param precedents lengths of prompts and answers that came together
/// @param lags how long replicas take to load and to drain
public record Experience(
        @Nullable Double atSeconds,
        Regimes regimes,
        Track track,
        Aims aims,
        @Nullable Double recentredSeconds,
        Outgrown outgrown,
        Precedents precedents,
        Lags lags) {

    /// Nothing seen yet.
    public static final Experience NONE =
            new Experience(
                    null,
                    Regimes.NONE,
                    Track.NONE,
                    Aims.NONE,
                    null,
                    Outgrown.NONE,
                    Precedents.NONE,
                    Lags.NONE);

    public Experience {
        // A state that an earlier version kept has none.
        outgrown = Objects.requireNonNullElse(outgrown, Outgrown.NONE);
        precedents = Objects.requireNonNullElse(precedents, Precedents.NONE);
        lags = Objects.requireNonNullElse(lags, Lags.NONE);
    }

    /// With one window more.
    ///
    /// @param forecast what the estimate needs
    /// @param came what the newest window alone needs
    public Experience saw(
            double newestAtSeconds, Need forecast, Need came, double requestsPerSecond) {
        double since = atSeconds == null ? 0 : Math.max(0, newestAtSeconds - atSeconds);
        var next = regimes.saw(forecast, requestsPerSecond, since);
        boolean turned = next.turnedSince(regimes);
        var point = new Track.Point(newestAtSeconds, forecast, came);
        return new Experience(
                newestAtSeconds,
                next,
                track.saw(point, turned),
                aims,
                recentredSeconds,
                turned ? Outgrown.NONE : outgrown,
                precedents,
                lags);
    }

    /// In replicas of another calibration: what was seen is of the traffic, and what it needs is by
    /// what is known of the engines now.
    ///
    /// @param prefill replicas that what one replica was thought to do takes now
    /// @param decode the same of decode
    public Experience rescaled(double prefill, double decode) {
        return prefill == 1 && decode == 1
                ? this
                : new Experience(
                        atSeconds,
                        regimes.rescaled(prefill, decode),
                        track.rescaled(prefill, decode),
                        aims,
                        recentredSeconds,
                        outgrown,
                        precedents,
                        lags);
    }

    /// With what is best now.
    public Experience aiming(double nowSeconds, Sizes pair, double memorySeconds) {
        return seeing(aims.aiming(nowSeconds, pair, memorySeconds), precedents, lags);
    }

    /// With other precedents.
    public Experience knowing(Precedents next) {
        return seeing(aims, next, lags);
    }

    /// With one look at the fleet more.
    public Experience timing(Snapshot snapshot) {
        return seeing(aims, precedents, lags.saw(snapshot));
    }

    private Experience seeing(Aims nextAims, Precedents nextPrecedents, Lags nextLags) {
        return new Experience(
                atSeconds,
                regimes,
                track,
                nextAims,
                recentredSeconds,
                outgrown,
                nextPrecedents,
                nextLags);
    }

    /// With the last move that was made although nothing pressed.
    public Experience recentred(@Nullable Double seconds) {
        return moved(seconds, outgrown);
    }

    /// With what a change that was asked for shows: the counts that grow did not do.
    public Experience outgrowing(Sizes from, Sizes to, Outgrown.Work work, Unsure unsure) {
        return moved(recentredSeconds, outgrown.by(from, to, work, unsure));
    }

    /// With what own moves taught another.
    public Experience taughtAs(Experience other) {
        return moved(other.recentredSeconds, other.outgrown);
    }

    private Experience moved(@Nullable Double recentred, Outgrown next) {
        return new Experience(atSeconds, regimes, track, aims, recentred, next, precedents, lags);
    }

    /// What a later start can go on from: kinds of traffic, not what was forecast of the last.
    public Experience remembered() {
        return new Experience(
                null, regimes, Track.NONE, Aims.NONE, null, Outgrown.NONE, precedents, lags);
    }
}
