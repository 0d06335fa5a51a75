package dev.ratematch.harness.tournament;

import dev.ratematch.harness.scenario.Scenario;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/// What came out.
///
/// @param scenarios that were run
/// @param missing that could not be, for want of their trace
/// @param policies in the order of the report
/// @param seeds of each scenario
/// @param cells by scenario, seed and policy
public record Standings(
        List<Scenario> scenarios,
        List<Scenario> missing,
        List<String> policies,
        List<Long> seeds,
        Map<String, Map<Long, Map<String, Cell>>> cells) {

    /// One policy's results on a scenario, one a seed.
    public List<Cell> of(Scenario scenario, String policy) {
        return cells.getOrDefault(scenario.name(), Map.of()).values().stream()
                .map(bySeed -> bySeed.get(policy))
                .filter(Objects::nonNull)
                .toList();
    }

    /// Mean of a figure over seeds.
    public double mean(Scenario scenario, String policy, ToDoubleFunction<Cell> figure) {
        return figures(scenario, policy, figure).average().orElse(Double.NaN);
    }

    /// Least good share over seeds, percent.
    public double worst(Scenario scenario, String policy) {
        return figures(scenario, policy, Cell::goodPercent).min().orElse(Double.NaN);
    }

    private DoubleStream figures(Scenario scenario, String policy, ToDoubleFunction<Cell> figure) {
        return of(scenario, policy).stream().mapToDouble(figure);
    }

    /// Points of good share that the oracle is ahead, mean over seeds; empty without an oracle.
    public OptionalDouble regret(Scenario scenario, String policy) {
        if (of(scenario, Policies.ORACLE).isEmpty() || of(scenario, policy).isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(
                mean(scenario, Policies.ORACLE, Cell::goodPercent)
                        - mean(scenario, policy, Cell::goodPercent));
    }

    /// What tables and JSON say of one policy on a scenario; empty where it did not run.
    Optional<Score> score(Scenario scenario, String policy) {
        var cells = of(scenario, policy);
        return cells.isEmpty()
                ? Optional.empty()
                : Optional.of(Score.of(policy, cells, regret(scenario, policy)));
    }

    /// Mean regret over scenarios.
    public OptionalDouble meanRegret(String policy) {
        return regrets(policy).average();
    }

    /// Regret on the scenario where it is greatest.
    public OptionalDouble worstRegret(String policy) {
        return regrets(policy).max();
    }

    private DoubleStream regrets(String policy) {
        return scenarios.stream()
                .map(scenario -> regret(scenario, policy))
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble);
    }
}
