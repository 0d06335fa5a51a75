package dev.ratematch.controller.prospect;

import dev.ratematch.controller.estimate.Precedents;
import dev.ratematch.controller.estimate.Unsure;
import dev.ratematch.controller.observe.Sizes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What was learnt of the traffic beyond the windows that are remembered.
///
/// @param atSeconds of the newest window in it; null before the first
/// @param recentredSeconds when replicas were last taken from a role although nothing pressed; null
///   where that is not known
/// @param outgrown what was seen not to do for this kind of traffic
/// @param precedents lengths of prompts and answers that came together
public record Experience(
        @Nullable Double atSeconds,
        Regimes regimes,
        Track track,
        Aims aims,
        @Nullable Double recentredSeconds,
        Outgrown outgrown,
        Precedents precedents) {

    /// Nothing seen yet.
    public static final Experience NONE =
            new Experience(
                    null,
                    Regimes.NONE,
                    Track.NONE,
                    Aims.NONE,
                    null,
                    Outgrown.NONE,
                    Precedents.NONE);

    public Experience {
        // A state that an earlier version kept has none.
        outgrown = Objects.requireNonNullElse(outgrown, Outgrown.NONE);
        precedents = Objects.requireNonNullElse(precedents, Precedents.NONE);
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
                precedents);
    }

    /// With what is best now.
    public Experience aiming(double nowSeconds, Sizes pair, double memorySeconds) {
        return new Experience(
                atSeconds,
                regimes,
                track,
                aims.aiming(nowSeconds, pair, memorySeconds),
                recentredSeconds,
                outgrown,
                precedents);
    }

    /// With the last move that was made although nothing pressed.
    public Experience recentred(@Nullable Double seconds) {
        return new Experience(atSeconds, regimes, track, aims, seconds, outgrown, precedents);
    }

    /// With what a change that was asked for shows: the counts that grow did not do.
    public Experience outgrowing(Sizes from, Sizes to, Outgrown.Work work, Unsure unsure) {
        return new Experience(
                atSeconds,
                regimes,
                track,
                aims,
                recentredSeconds,
                outgrown.by(from, to, work, unsure),
                precedents);
    }

    /// With other precedents.
    public Experience knowing(Precedents next) {
        return new Experience(atSeconds, regimes, track, aims, recentredSeconds, outgrown, next);
    }

    /// With what own moves taught another.
    public Experience taughtAs(Experience other) {
        return new Experience(
                atSeconds,
                regimes,
                track,
                aims,
                other.recentredSeconds,
                other.outgrown,
                precedents);
    }

    /// What a later start can go on from: kinds of traffic, not what was forecast of the last.
    public Experience remembered() {
        return new Experience(
                null, regimes, Track.NONE, Aims.NONE, null, Outgrown.NONE, precedents);
    }
}
