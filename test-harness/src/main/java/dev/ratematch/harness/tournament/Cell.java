package dev.ratematch.harness.tournament;

import dev.ratematch.harness.judge.Episode.Pair;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Timetable;
import dev.ratematch.harness.traffic.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How one policy did on one scenario and seed: what is kept of an outcome.
///
/// @param policy its name
/// @param offered requests that arrived
/// @param good served as promised
/// @param pastSaving that no decision could have served in time
/// @param dropped lost with a killed replica, or given up by their clients
/// @param gpuHours within the trace
/// @param hours length of the trace
/// @param moves times that the commanded counts changed
/// @param thrash of them, those taken back within ten minutes
/// @param adaptSeconds mean time from a shift to the target; null where one was never met, or there
///   are none
/// @param phases share of good requests of each segment; one for a trace without any
/// @param targets parameters that it ran with
/// @param commands what was commanded and when
public record Cell(
        String policy,
        int offered,
        int good,
        int pastSaving,
        int dropped,
        double gpuHours,
        double hours,
        int moves,
        int thrash,
        @Nullable Double adaptSeconds,
        List<Double> phases,
        Map<String, Double> targets,
        List<Timetable.Entry> commands) {

    private static final double SECONDS = 1e9;

    /// What is kept.
    ///
    /// @param start what stood there before the first command
    static Cell of(
            String policy, Outcome outcome, Pair start, List<Segment> segments, double hours) {
        return new Cell(
                policy,
                outcome.offered(),
                outcome.good(),
                outcome.pastSaving(),
                outcome.dropped(),
                outcome.gpuHours(),
                hours,
                outcome.moves(),
                outcome.thrash(),
                outcome.adaptSeconds().isPresent()
                        ? (Double) outcome.adaptSeconds().getAsDouble()
                        : null,
                phases(outcome, segments),
                outcome.targets(),
                Timetable.of(outcome, start).entries());
    }

    private static List<Double> phases(Outcome outcome, List<Segment> segments) {
        var shares = new ArrayList<Double>();
        for (var segment : segments) {
            double offered = 0;
            double good = 0;
            double since = 0;
            for (var point : outcome.timeline()) {
                double middle = (since + point.atSeconds()) / 2;
                double arrived = point.arrivedRps() * (point.atSeconds() - since);
                since = point.atSeconds();
                if (segment.contains(Math.round(middle * SECONDS)) && arrived > 0) {
                    offered += arrived;
                    good += arrived * point.goodShare();
                }
            }
            shares.add(offered > 0 ? good / offered : 1);
        }
        return shares.isEmpty() ? List.of(outcome.attainment()) : shares;
    }

    /// Good requests of the offered, percent.
    public double goodPercent() {
        return offered == 0 ? 100 : 100.0 * good / offered;
    }

    /// The same as the mean over phases, percent.
    public double phasesPercent() {
        return 100 * phases.stream().mapToDouble(p -> p).average().orElse(1);
    }

    /// Moves an hour.
    public double movesPerHour() {
        return moves / hours;
    }
}
