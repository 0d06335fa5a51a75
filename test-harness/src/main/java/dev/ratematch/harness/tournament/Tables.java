package dev.ratematch.harness.tournament;

import dev.ratematch.harness.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// Standings as Markdown.
public final class Tables {

    private final Standings standings;

    /// Of these.
    public Tables(Standings standings) {
        this.standings = standings;
    }

    /// Everything: regret over all scenarios, then scenario by scenario.
    public String markdown() {
        var out = new StringBuilder();
        overall(out);
        switching(out);
        for (var scenario : standings.scenarios()) {
            scenario(out, scenario);
        }
        for (var scenario : standings.missing()) {
            out.append(
                    "\n`%s` was not run: %s is not in the folder of traces.\n"
                            .formatted(scenario.name(), scenario.traffic().file()));
        }
        return out.toString();
    }

    private void overall(StringBuilder out) {
        out.append("| policy | mean regret, points | worst scenario, points |\n|---|---|---|\n");
        for (var policy : standings.policies()) {
            var mean = standings.meanRegret(policy);
            if (mean.isPresent() && !policy.equals(Policies.ORACLE)) {
                out.append(
                        "| `%s` | %s | %s |\n"
                                .formatted(
                                        policy,
                                        number(mean),
                                        number(standings.worstRegret(policy))));
            }
        }
    }

    /// What is lost to the oracle that stops and starts replicas, by how often and how fast they
    /// may change their role instead.
    private void switching(StringBuilder out) {
        var ways =
                Policies.SWITCHES.keySet().stream().filter(standings.policies()::contains).toList();
        boolean shown =
                !ways.isEmpty()
                        && standings
                                .policies()
                                .containsAll(List.of(Policies.ORACLE, Policies.OURS));
        if (!shown) {
            return;
        }
        var all = new ArrayList<String>();
        all.add(Policies.OURS);
        all.addAll(ways);
        out.append(
                "\n### Role switch\n\nPoints of good requests that the oracle, which scales, is ahead"
                        + " of scaling (`ratematch`) and of switching.\n\n| scenario | oracle, % |");
        all.forEach(policy -> out.append(" `%s` |".formatted(policy)));
        out.append("\n|---|---|").append("---|".repeat(all.size())).append('\n');
        var shifting =
                standings.scenarios().stream()
                        .filter(scenario -> scenario.kind() == Scenario.Kind.SHIFTING)
                        .toList();
        for (var scenario : shifting) {
            double oracle = standings.mean(scenario, Policies.ORACLE, Cell::goodPercent);
            out.append("| %s | %s |".formatted(scenario.name(), number(oracle)));
            all.forEach(
                    policy ->
                            out.append(
                                    " %s |".formatted(number(standings.regret(scenario, policy)))));
            out.append('\n');
        }
        out.append("| GPU-hours, mean | %s |".formatted(gpuHours(shifting, Policies.ORACLE)));
        all.forEach(policy -> out.append(" %s |".formatted(gpuHours(shifting, policy))));
        out.append("\n| requests lost | |");
        all.forEach(policy -> out.append(" %d |".formatted(lost(shifting, policy))));
        out.append('\n');
    }

    private String gpuHours(List<Scenario> scenarios, String policy) {
        return number(
                scenarios.stream()
                        .mapToDouble(s -> standings.mean(s, policy, Cell::gpuHours))
                        .average());
    }

    private int lost(List<Scenario> scenarios, String policy) {
        return scenarios.stream()
                .flatMap(s -> standings.of(s, policy).stream())
                .mapToInt(Cell::dropped)
                .sum();
    }

    private void scenario(StringBuilder out, Scenario scenario) {
        out.append(
                "\n### %s\n\n%s %s, load %.2f, TTFT %s s, ITL %.0f ms, %d GPUs, seeds %s.\n\n"
                        .formatted(
                                scenario.name(),
                                scenario.says(),
                                capital(scenario.kind().label()),
                                scenario.load(),
                                plain(scenario.slo().ttftSeconds()),
                                scenario.slo().itlSeconds() * 1000,
                                scenario.site().gpus(),
                                seeds()));
        out.append("| policy | good, % | worst seed | mean of phases | regret | GPU-hours");
        out.append(" | moves an hour | adapt, s | past saving, % |\n");
        out.append("|---|---|---|---|---|---|---|---|---|\n");
        for (var policy : standings.policies()) {
            standings.score(scenario, policy).map(Tables::row).ifPresent(out::append);
        }
    }

    /// What the bound cannot have, since it is no run, is left empty.
    private static String row(Score score) {
        boolean bound = score.policy().equals(Policies.BOUND);
        var adapt = score.adaptSeconds();
        return "| `%s` | %s | %s | %s | %s | %s | %s | %s | %s |\n"
                .formatted(
                        score.policy(),
                        number(score.goodPercent()),
                        number(score.worstPercent()),
                        bound ? "" : number(score.phasesPercent()),
                        bound ? "" : number(score.regretPoints()),
                        number(score.gpuHours()),
                        bound ? "" : number(score.movesPerHour()),
                        adapt.isPresent() ? "%.0f".formatted(adapt.getAsDouble()) : "",
                        bound ? "" : number(score.pastSavingPercent()));
    }

    private String seeds() {
        return String.join(", ", standings.seeds().stream().map(String::valueOf).toList());
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? "%.0f".formatted(value) : Double.toString(value);
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? number(value.getAsDouble()) : "";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
