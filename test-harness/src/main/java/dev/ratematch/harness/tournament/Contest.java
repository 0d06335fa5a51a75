package dev.ratematch.harness.tournament;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Switching;
import dev.ratematch.harness.judge.Bound;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Episode.Pair;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Peers;
import dev.ratematch.harness.judge.PerfectModel;
import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.judge.Ratematch;
import dev.ratematch.harness.judge.StaticSearch;
import dev.ratematch.harness.judge.Timetable;
import dev.ratematch.harness.judge.TimetableSearch;
import dev.ratematch.harness.plant.Clients;
import dev.ratematch.harness.plant.RoleSwitch;
import dev.ratematch.harness.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One scenario and seed, for every policy alike. Runs what the store does not have.
final class Contest {

    private final Scenario scenario;
    private final long seed;
    private final Setting setting;
    private final Store store;
    private final Keys keys;
    private final Map<String, Cell> cells = new HashMap<>();
    private @Nullable Episode episode;
    private @Nullable Outcome staticBest;

    Contest(Scenario scenario, long seed, Setting setting, Store store, Keys keys) {
        this.scenario = scenario;
        this.seed = seed;
        this.setting = setting;
        this.store = store;
        this.keys = keys;
    }

    /// A policy's result, from the store or by running it.
    Cell cell(String policy) {
        var known = cells.get(policy);
        if (known != null) {
            return known;
        }
        String key = keys.of(scenario, policy, setting);
        var found = store.find(scenario.name(), seed, policy, key).orElse(null);
        var cell = found == null ? run(policy) : found;
        if (found == null) {
            store.put(scenario.name(), seed, policy, key, cell);
        }
        cells.put(policy, cell);
        return cell;
    }

    /// Lets the oracle learn from whoever beat it, until nobody does.
    void mend() {
        var oracle = cells.get(Policies.ORACLE);
        if (oracle == null) {
            return;
        }
        var better = new ArrayList<Cell>();
        for (var cell : cells.values()) {
            if (Policies.comparable(cell.policy()) && cell.good() > oracle.good()) {
                better.add(cell);
            }
        }
        if (better.isEmpty()) {
            return;
        }
        var known = new ArrayList<Timetable>();
        known.add(new Timetable(oracle.commands()));
        better.forEach(cell -> known.add(new Timetable(cell.commands())));
        var outcome =
                new TimetableSearch(episode(), start()).search(known, still(), setting.effort());
        var mended = kept(Policies.ORACLE, outcome, start());
        if (mended.good() > oracle.good()) {
            String key = keys.of(scenario, Policies.ORACLE, setting);
            store.put(scenario.name(), seed, Policies.ORACLE, key, mended);
            cells.put(Policies.ORACLE, mended);
        }
    }

    private Cell run(String policy) {
        var start = start();
        var episode = episode();
        return switch (policy) {
            case Policies.STATIC_BEST -> {
                var best = new StaticSearch(episode).best(null);
                staticBest = best;
                yield statically(best, policy);
            }
            case Policies.RIGHT_SIZED -> {
                var search = new StaticSearch(episode);
                var still = still();
                var best = staticBest;
                yield statically(
                        search.rightSized(best == null ? search.run(still) : best), policy);
            }
            case Policies.BOUND -> kept(policy, Bound.of(episode), start);
            case Policies.ORACLE ->
                    kept(
                            policy,
                            new TimetableSearch(episode, start)
                                    .search(List.of(), still(), setting.effort()),
                            start);
            case Policies.OURS -> kept(policy, ours(episode), start);
            case Policies.DEADLINE ->
                    kept(policy, ours(episode.with(patient(scenario.slo().ttftSeconds()))), start);
            case Policies.IMPATIENT ->
                    kept(
                            policy,
                            ours(
                                    episode.with(
                                            patient(
                                                    Policies.PATIENCE
                                                            * scenario.slo().ttftSeconds()))),
                            start);
            case Policies.PERFECT_MODEL ->
                    kept(
                            policy,
                            episode.run(
                                    new PerfectModel(this::spec, episode.plant()), start, _ -> {}),
                            start);
            default ->
                    Policies.SWITCHES.containsKey(policy)
                            ? kept(policy, switching(policy), start)
                            : kept(
                                    policy,
                                    new Peers(episode, 1)
                                            .run(policy, start, still(), Progress.NONE),
                                    start);
        };
    }

    private static Clients patient(double seconds) {
        return new Clients(seconds, 1);
    }

    private Cell statically(Outcome outcome, String policy) {
        return kept(policy, outcome, StaticSearch.split(outcome));
    }

    private Cell kept(String policy, Outcome outcome, Pair start) {
        var trace = episode().trace();
        return Cell.of(policy, outcome, start, trace.segments(), trace.seconds() / 3600);
    }

    private Outcome ours(Episode on) {
        var policy =
                new Ratematch(
                        this::spec,
                        scenario.site().gpus(),
                        laws(),
                        Scenario.CYCLE_SECONDS,
                        Journal.NONE);
        return on.run(policy, start(), _ -> {});
    }

    private Outcome switching(String name) {
        var how = Policies.SWITCHES.getOrDefault(name, RoleSwitch.NONE);
        var known = new Switching(Switching.Actuation.BOTH, how.seconds(), how.atOnce());
        var policy =
                new Ratematch(
                        gpus -> spec(gpus).withSwitching(known),
                        scenario.site().gpus(),
                        laws(),
                        Scenario.CYCLE_SECONDS,
                        Journal.NONE);
        return episode().with(how).run(policy, start(), _ -> {});
    }

    private Pair start() {
        return episode().evenPair();
    }

    /// The best split that never moves.
    private Pair still() {
        var targets = cell(Policies.STATIC_BEST).targets();
        return new Pair(
                targets.getOrDefault("prefill_replicas", 1.0).intValue(),
                targets.getOrDefault("decode_replicas", 1.0).intValue());
    }

    private Episode episode() {
        var known = episode;
        if (known != null) {
            return known;
        }
        var made = scenario.episode(seed, setting.traces());
        episode = made;
        return made;
    }

    private Laws laws() {
        return scenario.service(scenario.site().gpus(), setting.law()).laws();
    }

    private ServiceSpec spec(int gpus) {
        return scenario.service(gpus, setting.law()).spec();
    }
}
