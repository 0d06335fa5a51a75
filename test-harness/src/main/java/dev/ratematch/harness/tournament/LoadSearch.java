package dev.ratematch.harness.tournament;

import dev.ratematch.harness.scenario.Scenario;
import dev.ratematch.harness.scenario.Scenario.Kind;
import java.nio.file.Path;
import java.util.Locale;

/// Finds the load at which a scenario says something: a calm one that one split still serves, a
/// shifting one that the oracle still serves and no split does.
public final class LoadSearch {

    /// Good requests that the right-sized best split has where it is calm, percent.
    private static final double CALM = 98;

    /// Good requests that the oracle has where it is not, percent.
    private static final double SERVED = 95;

    private static final double LEAST = 0.2;
    private static final double MOST = 0.9;
    private static final double CALM_MOST = 0.7;
    private static final double STEP = 0.05;
    private static final long SEED = 1;

    private final Setting setting;
    private final Store store;
    private final Keys keys = new Keys();

    /// With results kept in a folder.
    public LoadSearch(Setting setting, Path results) {
        this.setting = setting;
        this.store = new Store(results);
    }

    /// The greatest load that keeps the promise of its kind, in steps of 0.05, as a line for
    /// people.
    public String find(Scenario scenario) {
        double least = LEAST;
        double most = scenario.kind() == Kind.CALM ? CALM_MOST : MOST;
        // Multiples of the step, so that what is found is a number to write down.
        int low = (int) Math.round(least / STEP);
        int high = (int) Math.round(most / STEP);
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (served(scenario.at(middle * STEP))) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        var found = scenario.at(low * STEP);
        var contest = contest(found);
        return String.format(
                Locale.ROOT,
                "%-24s load %.2f (now %.2f): right-sized %.1f, oracle %.1f",
                scenario.name(),
                found.load(),
                scenario.load(),
                contest.cell(Policies.RIGHT_SIZED).goodPercent(),
                contest.cell(Policies.ORACLE).goodPercent());
    }

    private boolean served(Scenario scenario) {
        var contest = contest(scenario);
        return scenario.kind() == Kind.CALM
                ? contest.cell(Policies.STATIC_BEST).goodPercent() >= CALM
                : contest.cell(Policies.ORACLE).goodPercent() >= SERVED;
    }

    private Contest contest(Scenario scenario) {
        return new Contest(scenario, SEED, setting, store, keys);
    }
}
