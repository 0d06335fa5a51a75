package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Episode.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Searches on the trace itself: each peer is given the parameters that serve it best.
final class Tuning {

    private static final Comparator<Outcome> BETTER =
            Comparator.comparingInt(Outcome::good)
                    .thenComparing(Comparator.comparingDouble(Outcome::gpuHours).reversed());

    private final Episode episode;

    Tuning(Episode episode) {
        this.episode = episode;
    }

    /// The best outcome; of equals the one with fewest GPU-hours, then the first.
    Outcome best(List<? extends Supplier<? extends Policy>> candidates, Pair start) {
        return best(candidates, start, _ -> {});
    }

    Outcome best(
            List<? extends Supplier<? extends Policy>> candidates,
            Pair start,
            DoubleConsumer progress) {
        var done = new java.util.concurrent.atomic.AtomicInteger();
        var outcomes =
                IntStream.range(0, candidates.size())
                        .parallel()
                        .mapToObj(
                                i -> {
                                    var policy = candidates.get(i).get();
                                    var outcome = episode.run(policy, start, _ -> {});
                                    progress.accept(
                                            (double) done.incrementAndGet() / candidates.size());
                                    return outcome;
                                })
                        .toList();
        var best = outcomes.getFirst();
        for (var outcome : outcomes) {
            best = BETTER.compare(outcome, best) > 0 ? outcome : best;
        }
        return best;
    }

    Outcome staticBest(DoubleConsumer progress) {
        var pairs = episode.fullPairs();
        var done = new java.util.concurrent.atomic.AtomicInteger();
        return IntStream.range(0, pairs.size())
                .parallel()
                .mapToObj(
                        i -> {
                            var pair = pairs.get(i);
                            var run = episode.run(new StaticPolicy(pair), pair, _ -> {});
                            progress.accept((double) done.incrementAndGet() / pairs.size());
                            return run;
                        })
                .max(BETTER)
                .orElseThrow();
    }

    List<Supplier<Policy>> ceilClamp(Pair start) {
        var result = new ArrayList<Supplier<Policy>>();
        for (double utilisation : new double[] {0.6, 0.75, 0.9}) {
            for (double interval : new double[] {30, 60, 180}) {
                result.add(
                        () ->
                                new CeilClamp(
                                        episode.plant(),
                                        episode.slo(),
                                        start,
                                        utilisation,
                                        interval));
            }
        }
        return result;
    }

    /// Decode targets are shares of the largest batch that keeps the promise on the trace's mix.
    List<Supplier<Policy>> twoHpa(Pair start) {
        double resident = PlantWork.residentTokens(episode.trace().requests());
        double batch = new PlantWork(episode.plant(), episode.slo()).batch(resident);
        var result = new ArrayList<Supplier<Policy>>();
        for (double prefill : new double[] {0.2, 2}) {
            for (double share : new double[] {0.3, 0.7}) {
                for (int extra : new int[] {0, 2, 64}) {
                    result.add(
                            () ->
                                    new TwoHpa(
                                            episode.plant(), start, prefill, share * batch, extra));
                }
            }
        }
        return result;
    }

    /// Shares around the best static split, token rates around what fills the whole cluster.
    List<Supplier<Policy>> fixedRatio(Pair start) {
        double tokens = 0;
        for (var r : episode.trace().requests()) {
            tokens += r.inputTokens() + r.outputTokens();
        }
        double replicas = start.prefill() + start.decode();
        double mean = tokens * 1e9 / episode.trace().durationNanos() / replicas;
        double share = start.prefill() / replicas;
        var result = new ArrayList<Supplier<Policy>>();
        for (double s : new double[] {share - 1 / replicas, share, share + 1 / replicas}) {
            for (double load : new double[] {0.6, 1.0, 1.6}) {
                double clamped = Math.clamp(s, 0.02, 0.98);
                result.add(
                        () ->
                                new FixedRatio(
                                        episode.plant(),
                                        episode.slo(),
                                        start,
                                        clamped,
                                        mean * load));
            }
        }
        return result;
    }
}
