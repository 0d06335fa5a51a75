package dev.ratematch.harness.tournament;

import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.scenario.Scenario;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Every policy on every scenario and seed.
public final class Tournament {

    private final Setting setting;
    private final Store store;
    private final Keys keys = new Keys();
    private final Progress progress;

    /// Prepares one.
    ///
    /// @param results folder of results; what is there already is not run again
    public Tournament(Setting setting, Path results, Progress progress) {
        this.setting = setting;
        this.store = new Store(results);
        this.progress = progress;
    }

    /// Runs what is missing.
    public Standings run(List<Scenario> scenarios, List<Long> seeds, List<String> policies)
            throws InterruptedException {
        var playable = scenarios.stream().filter(s -> s.playable(setting.traces())).toList();
        var missing = scenarios.stream().filter(s -> !playable.contains(s)).toList();
        int all = playable.size() * seeds.size() * policies.size();
        var done = new AtomicInteger();
        var cells = new TreeMap<String, Map<Long, Map<String, Cell>>>();
        var tasks = new ArrayList<Callable<Map<String, Cell>>>();
        for (var scenario : playable) {
            for (long seed : seeds) {
                tasks.add(() -> contest(scenario, seed, policies, done, all));
            }
        }
        try (var pool = Executors.newFixedThreadPool(setting.workers())) {
            var futures = tasks.stream().map(pool::submit).toList();
            int at = 0;
            for (var scenario : playable) {
                var bySeed = new TreeMap<Long, Map<String, Cell>>();
                for (long seed : seeds) {
                    bySeed.put(seed, futures.get(at++).get());
                }
                cells.put(scenario.name(), bySeed);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return new Standings(playable, missing, policies, seeds, cells);
    }

    private Map<String, Cell> contest(
            Scenario scenario, long seed, List<String> policies, AtomicInteger done, int all) {
        var contest = new Contest(scenario, seed, setting, store, keys);
        for (var policy : policies) {
            contest.cell(policy);
            progress.at(
                    "%s seed %d %s".formatted(scenario.name(), seed, policy),
                    (double) done.incrementAndGet() / all);
        }
        contest.mend();
        var cells = new TreeMap<String, Cell>();
        for (var policy : policies) {
            cells.put(policy, contest.cell(policy));
        }
        return cells;
    }
}
