package dev.ratematch.harness.tournament;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/// How one policy did on one scenario: what tables and JSON say of its seeds.
///
/// @param policy its name
/// @param goodPercent requests served as promised, of the offered; mean over seeds
/// @param worstPercent the same of the worst seed
/// @param phasesPercent the same as the mean over the phases of the traffic
/// @param regretPoints that the oracle is ahead; empty without an oracle
/// @param gpuHours within the trace, mean over seeds
/// @param movesPerHour times that the commanded counts changed
/// @param adaptSeconds mean time from a shift to the target; empty where none was met
/// @param pastSavingPercent of the offered, late whatever had been decided
record Score(
        String policy,
        double goodPercent,
        double worstPercent,
        double phasesPercent,
        OptionalDouble regretPoints,
        double gpuHours,
        double movesPerHour,
        OptionalDouble adaptSeconds,
        double pastSavingPercent) {

    /// Of the seeds of one scenario.
    ///
    /// @param cells one a seed, at least one
    /// @param regret of their mean
    static Score of(String policy, List<Cell> cells, OptionalDouble regret) {
        return new Score(
                policy,
                mean(cells, Cell::goodPercent),
                cells.stream().mapToDouble(Cell::goodPercent).min().orElseThrow(),
                mean(cells, Cell::phasesPercent),
                regret,
                mean(cells, Cell::gpuHours),
                mean(cells, Cell::movesPerHour),
                cells.stream()
                        .map(Cell::adaptSeconds)
                        .filter(Objects::nonNull)
                        .mapToDouble(Double::doubleValue)
                        .average(),
                mean(cells, cell -> 100.0 * cell.pastSaving() / cell.offered()));
    }

    private static double mean(List<Cell> cells, ToDoubleFunction<Cell> figure) {
        return cells.stream().mapToDouble(figure).average().orElseThrow();
    }
}
