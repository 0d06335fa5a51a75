package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Episode.Pair;
import java.util.List;
import java.util.function.Supplier;

/// Those who size pools otherwise, tuned on the very trace or as their authors ship them.
public final class Peers {

    /// Every name.
    public static final List<String> NAMES =
            List.of(
                    "ceil-clamp",
                    "ceil-clamp-shipped",
                    "two-hpa",
                    "two-hpa-shipped",
                    "fixed-ratio",
                    "saturation",
                    "dopd",
                    "proportional");

    /// Interval and utilisation that Dynamo's planner ships with.
    private static final double SHIPPED_INTERVAL_SECONDS = 180;

    private static final double SHIPPED_UTILISATION = 1;

    private final Episode episode;
    private final Tuning tuning;

    /// On the plant and the trace of an episode.
    ///
    /// @param workers runs at a time while tuning
    public Peers(Episode episode, int workers) {
        this.episode = episode;
        this.tuning = new Tuning(episode, workers);
    }

    /// Runs one.
    ///
    /// @param start counts that are ready when the trace begins
    /// @param still the best split that never moves, for those who are told a ratio
    public Outcome run(String name, Pair start, Pair still, Progress progress) {
        return tuning.best(
                candidates(name, start, still), start, 0, share -> progress.at(name, share));
    }

    private List<? extends Supplier<? extends Policy>> candidates(
            String name, Pair start, Pair still) {
        var plant = episode.plant();
        var slo = episode.slo();
        return switch (name) {
            case "ceil-clamp" -> tuning.ceilClamp(start);
            case "two-hpa" -> tuning.twoHpa(start);
            case "fixed-ratio" -> tuning.fixedRatio(start, still);
            case "ceil-clamp-shipped" ->
                    List.of(
                            () ->
                                    new Judge.Renamed(
                                            name,
                                            new CeilClamp(
                                                    plant,
                                                    slo,
                                                    start,
                                                    SHIPPED_UTILISATION,
                                                    SHIPPED_INTERVAL_SECONDS)));
            case "two-hpa-shipped" ->
                    List.of(() -> TwoHpa.asShipped(plant, start, tuning.promptTokensPerSecond()));
            case "saturation" -> tuning.saturation(start);
            case "dopd" -> tuning.dopd(start);
            case "proportional" -> tuning.proportional(start);
            default -> throw new IllegalArgumentException("policy (" + name + ") is unknown.");
        };
    }
}
