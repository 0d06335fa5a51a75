package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Episode.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.DoubleConsumer;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Searches on the trace itself: each peer is given the parameters that serve it best.
final class Tuning {

    private static final Comparator<Outcome> BETTER =
            Comparator.comparingInt(Outcome::good)
                    .thenComparing(Comparator.comparingDouble(Outcome::gpuHours).reversed());

    private final Episode episode;
    private final int workers;

    /// On all cores.
    Tuning(Episode episode) {
        this(episode, Runtime.getRuntime().availableProcessors());
    }

    /// @param workers runs at a time
    Tuning(Episode episode, int workers) {
        this.episode = episode;
        this.workers = workers;
    }

    /// The best outcome; of equals the one with fewest GPU-hours, then the first.
    ///
    /// @param floor good requests that the best is known to have at least
    Outcome best(
            List<? extends Supplier<? extends Policy>> candidates,
            Pair start,
            int floor,
            DoubleConsumer progress) {
        return best(
                candidates.size(),
                i -> i,
                floor,
                progress,
                (i, needed) -> episode.run(candidates.get(i).get(), start, needed, _ -> {}));
    }

    /// The best fixed split. Pairs near the ratio of the trace's work are tried first, so that the
    /// others can be given up early.
    Outcome staticBest(DoubleConsumer progress) {
        var pairs = episode.fullPairs();
        int likely = likely(pairs);
        var order =
                IntStream.range(0, pairs.size())
                        .boxed()
                        .sorted(Comparator.comparingInt(i -> Math.abs(i - likely)))
                        .toList();
        return best(
                pairs.size(),
                order::get,
                0,
                progress,
                (i, needed) ->
                        episode.run(new StaticPolicy(pairs.get(i)), pairs.get(i), needed, _ -> {}));
    }

    /// Which pair divides the replicas as the whole trace's work is divided.
    private int likely(List<Pair> pairs) {
        var requests = episode.trace().requests();
        var work = new PlantWork(episode.plant(), episode.slo());
        double resident = PlantWork.residentTokens(requests);
        double prefill = 0;
        double decode = 0;
        for (var r : requests) {
            prefill += work.prefillGpuSeconds(r.inputTokens(), 0);
            decode += work.decodeGpuSeconds(r.inputTokens(), r.outputTokens(), resident);
        }
        double gpus = prefill / (prefill + decode) * episode.plant().gpus();
        double replicas = gpus / episode.plant().prefill().gpus();
        return IntStream.range(0, pairs.size())
                .boxed()
                .min(Comparator.comparingDouble(i -> Math.abs(pairs.get(i).prefill() - replicas)))
                .orElseThrow();
    }

    /// One candidate's run, null when it was given up.
    private interface Run {
        @Nullable Outcome of(int candidate, Bar needed);
    }

    /// The best so far, seen from every worker.
    private static final class Best implements Bar {
        private volatile int good;
        private volatile double gpuHours = Double.POSITIVE_INFINITY;

        Best(int floor) {
            this.good = floor;
        }

        synchronized void met(Outcome outcome) {
            good = Math.max(good, outcome.good());
            // Nobody can be better than who served everybody, but by fewer GPU-hours.
            if (outcome.good() == outcome.offered()) {
                gpuHours = Math.min(gpuHours, outcome.gpuHours());
            }
        }

        @Override
        public int good() {
            return good;
        }

        @Override
        public double gpuHours() {
            return gpuHours;
        }
    }

    /// Runs every candidate, in the order given. What is given up can only be worse than the best,
    /// so the result does not depend on which of them ran when.
    private Outcome best(
            int candidates, IntUnaryOperator order, int floor, DoubleConsumer progress, Run run) {
        var outcomes = new AtomicReferenceArray<@Nullable Outcome>(candidates);
        var best = new Best(floor);
        var next = new AtomicInteger();
        var done = new AtomicInteger();
        var turns = IntStream.range(0, workers);
        (workers == 1 ? turns : turns.parallel())
                .forEach(
                        _ -> {
                            int i;
                            while ((i = next.getAndIncrement()) < candidates) {
                                int candidate = order.applyAsInt(i);
                                var outcome = run.of(candidate, best);
                                if (outcome != null) {
                                    outcomes.set(candidate, outcome);
                                    best.met(outcome);
                                }
                                progress.accept((double) done.incrementAndGet() / candidates);
                            }
                        });
        return IntStream.range(0, candidates)
                .mapToObj(outcomes::get)
                .filter(Objects::nonNull)
                .max(BETTER)
                .orElseThrow();
    }

    List<Supplier<Policy>> ceilClamp(Pair start) {
        var result = new ArrayList<Supplier<Policy>>();
        for (double utilisation : new double[] {0.6, 0.75, 0.9}) {
            for (double interval : new double[] {30, 180}) {
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

    /// What one prefill replica computes of the trace's prompts in a second, as measured by running
    /// them through it.
    double promptTokensPerSecond() {
        var work = new PlantWork(episode.plant(), episode.slo());
        double tokens = 0;
        double gpuSeconds = 0;
        for (var r : episode.trace().requests()) {
            tokens += r.inputTokens();
            gpuSeconds += work.prefillGpuSeconds(r.inputTokens(), 0);
        }
        return tokens * episode.plant().prefill().gpus() / gpuSeconds;
    }

    /// Decode targets are shares of the largest batch that keeps the promise on the trace's mix.
    List<Supplier<Policy>> twoHpa(Pair start) {
        double resident = PlantWork.residentTokens(episode.trace().requests());
        double batch = new PlantWork(episode.plant(), episode.slo()).batch(resident);
        var result = new ArrayList<Supplier<Policy>>();
        for (double prefill : new double[] {0.2, 2}) {
            for (double share : new double[] {0.3, 0.7}) {
                for (int extra : new int[] {2, 64}) {
                    result.add(
                            () ->
                                    TwoHpa.onRequests(
                                            episode.plant(), start, prefill, share * batch, extra));
                }
            }
        }
        return result;
    }

    /// Shares around the best static split, token rates around what fills the whole cluster.
    List<Supplier<Policy>> fixedRatio(Pair start, Pair still) {
        double tokens = 0;
        for (var r : episode.trace().requests()) {
            tokens += r.inputTokens() + r.outputTokens();
        }
        double replicas = still.prefill() + still.decode();
        double mean = tokens * 1e9 / episode.trace().durationNanos() / replicas;
        double share = still.prefill() / replicas;
        var result = new ArrayList<Supplier<Policy>>();
        for (double s : new double[] {share - 1 / replicas, share, share + 1 / replicas}) {
            for (double load : new double[] {0.6, 1.0}) {
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

    List<Supplier<Policy>> saturation(Pair start) {
        var result = new ArrayList<Supplier<Policy>>();
        for (double full : new double[] {0.5, 0.8}) {
            for (double interval : new double[] {30, 90}) {
                result.add(() -> new Saturation(episode.plant(), start, full, interval));
            }
        }
        return result;
    }

    List<Supplier<Policy>> dopd(Pair start) {
        var result = new ArrayList<Supplier<Policy>>();
        for (double interval : new double[] {30, 120}) {
            for (double smoothing : new double[] {0.2, 1}) {
                result.add(
                        () -> new Dopd(episode.plant(), episode.slo(), start, interval, smoothing));
            }
        }
        return result;
    }

    List<Supplier<Policy>> proportional(Pair start) {
        var result = new ArrayList<Supplier<Policy>>();
        for (double smoothing : new double[] {0.2, 0.5, 1}) {
            result.add(() -> new Proportional(episode.plant(), episode.slo(), start, smoothing));
        }
        return result;
    }
}
