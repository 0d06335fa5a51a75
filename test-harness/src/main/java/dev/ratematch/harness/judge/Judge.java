package dev.ratematch.harness.judge;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Runs the policies asked for, and what they are measured against, on one trace and one plant.
public final class Judge {

    /// Every policy that can be asked for.
    public static final List<String> POLICIES =
            Stream.concat(
                            Stream.of(
                                    "ratematch", "static-best", "oracle", "bound", "perfect-model"),
                            Peers.NAMES.stream())
                    .toList();

    private final Episode episode;
    private final ServiceSpec spec;
    private final Laws laws;
    private final Tuning tuning;
    private final Peers peers;
    private final Progress progress;

    /// A judge.
    ///
    /// @param spec the service as its operator describes it to our controller
    /// @param laws the step times that our controller believes in
    public Judge(Episode episode, ServiceSpec spec, Laws laws, Progress progress) {
        this.episode = episode;
        this.spec = spec;
        this.laws = laws;
        this.tuning = new Tuning(episode);
        this.peers = new Peers(episode, Runtime.getRuntime().availableProcessors());
        this.progress = progress;
    }

    /// What came out, and the two anchors that every report begins with.
    ///
    /// @param runs one outcome per policy, in the order asked for
    public record Verdict(Outcome staticBest, Outcome bound, List<Outcome> runs) {

        /// The best fixed split.
        public Episode.Pair split() {
            return StaticPolicy.split(staticBest);
        }

        /// How much better than the best fixed split anything could be.
        public double boundOverStatic() {
            return (double) bound.good() / Math.max(1, staticBest.good());
        }
    }

    /// Runs the policies. All of them start from the best static split.
    ///
    /// @param journal takes every cycle of our own controller
    public Verdict run(List<String> policies, Journal journal) {
        var staticBest = tuning.staticBest(share -> progress.at("static-best", share));
        var bound = Bound.of(episode);
        var start = StaticPolicy.split(staticBest);
        var runs = new ArrayList<Outcome>();
        for (var policy : policies) {
            runs.add(
                    switch (policy) {
                        case "static-best" -> staticBest;
                        case "bound" -> bound;
                        default -> run(policy, start, staticBest.good(), journal);
                    });
        }
        return new Verdict(staticBest, bound, runs);
    }

    /// @param floor good requests of the best static split, which the oracle has at least
    private Outcome run(String policy, Episode.Pair start, int floor, Journal journal) {
        return switch (policy) {
            case "ratematch" ->
                    alone(new Ratematch(spec, laws, episode.cycleSeconds(), journal), start);
            case "perfect-model" -> alone(new PerfectModel(_ -> spec, episode.plant()), start);
            case "oracle" ->
                    tuning.best(
                            Oracle.candidates(episode, start).stream()
                                    .map(p -> (Supplier<Policy>) () -> p)
                                    .toList(),
                            start,
                            floor,
                            share -> progress.at(policy, share));
            default -> peers.run(policy, start, start, progress);
        };
    }

    private Outcome alone(Policy policy, Episode.Pair start) {
        return episode.run(policy, start, share -> progress.at(policy.name(), share));
    }

    /// A policy under another name.
    record Renamed(String name, Policy policy) implements Policy {

        @Override
        public Command decide(View view) {
            return policy.decide(view);
        }

        @Override
        public boolean scrapes() {
            return policy.scrapes();
        }

        @Override
        public Map<String, Double> targets() {
            return policy.targets();
        }
    }
}
