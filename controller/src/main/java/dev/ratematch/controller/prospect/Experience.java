package dev.ratematch.controller.prospect;

import dev.ratematch.controller.observe.Sizes;
import org.jspecify.annotations.Nullable;

/// What was learnt of the traffic beyond the windows that are remembered.
///
/// @param atSeconds of the newest window in it; null before the first
/// @param recentredSeconds when replicas were last taken from a role although nothing pressed; null
///   where that is not known
public record Experience(
        @Nullable Double atSeconds,
        Regimes regimes,
        Track track,
        Aims aims,
        @Nullable Double recentredSeconds) {

    /// Nothing seen yet.
    public static final Experience NONE =
            new Experience(null, Regimes.NONE, Track.NONE, Aims.NONE, null);

    /// With one window more.
    ///
    /// @param forecast what the estimate needs
    /// @param came what the newest window alone needs
    public Experience saw(
            double newestAtSeconds, Need forecast, Need came, double requestsPerSecond) {
        double since = atSeconds == null ? 0 : Math.max(0, newestAtSeconds - atSeconds);
        var next = regimes.saw(forecast, requestsPerSecond, since);
        var point = new Track.Point(newestAtSeconds, forecast, came);
        return new Experience(
                newestAtSeconds,
                next,
                track.saw(point, next.turnedSince(regimes)),
                aims,
                recentredSeconds);
    }

    /// With what is best now.
    public Experience aiming(double nowSeconds, Sizes pair, double memorySeconds) {
        return new Experience(
                atSeconds,
                regimes,
                track,
                aims.aiming(nowSeconds, pair, memorySeconds),
                recentredSeconds);
    }

    /// With the last move that was made although nothing pressed.
    public Experience recentred(@Nullable Double seconds) {
        return new Experience(atSeconds, regimes, track, aims, seconds);
    }

    /// What a later start can go on from: kinds of traffic, not what was forecast of the last.
    public Experience remembered() {
        return new Experience(null, regimes, Track.NONE, Aims.NONE, null);
    }
}
