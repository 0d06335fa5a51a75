package dev.ratematch.sizing.load;

import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.frontier.search.ShapeRules;
import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/// The fewest GPUs for a load, and the most load for GPUs, over every pair of shapes.
public final class LoadPlanner {

    private static final int BISECTIONS = 50;

    /// Of fleets with as few GPUs: the one that keeps most without an engine, then with all.
    private static final Comparator<LoadPlan> BEST =
            Comparator.comparingInt(LoadPlan::gpus)
                    .thenComparing(Comparator.comparingDouble(LoadPlan::withoutOne).reversed())
                    .thenComparing(
                            Comparator.comparingDouble(LoadPlan::mostRequestsPerSecond).reversed());

    private final List<EnginePair> pairs = new ArrayList<>();
    private final int mostGpus;

    /// Prepares every pair that the rules allow.
    ///
    /// @param workers legal configurations
    /// @param mostGpus no fleet has more
    public LoadPlanner(
            Target target,
            List<CompiledWorker> workers,
            ShapeRules rules,
            Traffic traffic,
            int mostGpus) {
        this.mostGpus = mostGpus;
        for (var prefill : rules.prefill(workers)) {
            for (var decode : rules.decode(workers)) {
                EnginePair.of(target, prefill, decode, traffic).ifPresent(pairs::add);
            }
        }
    }

    /// The fleet with the fewest GPUs that keeps both promises; empty where none does.
    public Optional<LoadPlan> least(Offered offered) {
        return pairs.stream().flatMap(pair -> least(pair, offered).stream()).min(BEST);
    }

    private Optional<LoadPlan> least(EnginePair pair, Offered offered) {
        return switch (offered) {
            case Offered.Rate(double rate) -> leastFor(pair, rate);
            case Offered.Concurrency(int clients) -> leastBeside(pair, clients);
        };
    }

    private Optional<LoadPlan> leastFor(EnginePair pair, double rate) {
        int p = fewest(pair::prefillRate, rate, mostGpus / pair.prefill().gpus());
        int d = fewest(pair::decodeRate, rate, mostGpus / pair.decode().gpus());
        return p == 0 || d == 0 || pair.gpus(p, d) > mostGpus
                ? Optional.empty()
                : Optional.of(LoadPlan.of(pair, p, d, rate));
    }

    /// One engine after another to the role that keeps less, until the clients are fewer than what
    /// would break a promise.
    private Optional<LoadPlan> leastBeside(EnginePair pair, int clients) {
        int p = 1;
        int d = 1;
        while (pair.gpus(p, d) <= mostGpus) {
            double most = pair.rate(p, d);
            if (most <= 0) {
                return Optional.empty();
            }
            if (pair.clients(p, d, most) >= clients) {
                return Optional.of(LoadPlan.of(pair, p, d, rateOf(pair, p, d, clients)));
            }
            if (pair.prefillRate(p) <= pair.decodeRate(d)) {
                p++;
            } else {
                d++;
            }
        }
        return Optional.empty();
    }

    private static double rateOf(EnginePair pair, int p, int d, int clients) {
        double low = 0;
        double high = pair.rate(p, d);
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (pair.clients(p, d, middle) <= clients) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// The fleet within so many GPUs that keeps both promises at the most requests per second;
    /// empty where none keeps them at all.
    public Optional<LoadPlan> most(int gpus) {
        return pairs.stream()
                .flatMap(pair -> most(pair, gpus).stream())
                .max(
                        Comparator.comparingDouble(LoadPlan::mostRequestsPerSecond)
                                .thenComparing(BEST.reversed()));
    }

    /// What a pair of replica counts keeps, at that load; empty where such engines may not be
    /// paired, or keep the promises at no load.
    public Optional<LoadPlan> of(
            CompiledWorker prefill,
            CompiledWorker decode,
            int prefillReplicas,
            int decodeReplicas) {
        return pairs.stream()
                .filter(p -> p.prefill().equals(prefill) && p.decode().equals(decode))
                .filter(p -> p.rate(prefillReplicas, decodeReplicas) > 0)
                .map(p -> atMost(p, prefillReplicas, decodeReplicas))
                .findFirst();
    }

    /// More prefill keeps more, and leaves less to decode: the best is where the two cross.
    private static Optional<LoadPlan> most(EnginePair pair, int gpus) {
        int low = 1;
        int high = (gpus - pair.decode().gpus()) / pair.prefill().gpus();
        if (high < 1) {
            return Optional.empty();
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pair.prefillRate(middle) >= pair.decodeRate(beside(pair, gpus, middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        int before = Math.max(1, low - 1);
        int p = rate(pair, gpus, before) > rate(pair, gpus, low) ? before : low;
        return rate(pair, gpus, p) > 0
                ? Optional.of(atMost(pair, p, beside(pair, gpus, p)))
                : Optional.empty();
    }

    private static LoadPlan atMost(EnginePair pair, int p, int d) {
        return LoadPlan.of(pair, p, d, pair.rate(p, d));
    }

    private static double rate(EnginePair pair, int gpus, int p) {
        return pair.rate(p, beside(pair, gpus, p));
    }

    private static int beside(EnginePair pair, int gpus, int p) {
        return (gpus - p * pair.prefill().gpus()) / pair.decode().gpus();
    }

    /// TTFT at the percentile of the fastest engines, without any other request, seconds.
    public double leastTtftSeconds() {
        return pairs.stream()
                .mapToDouble(EnginePair::leastTtftSeconds)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /// ITL of a single sequence on the fastest engine, seconds.
    public double leastItlSeconds() {
        return pairs.stream()
                .mapToDouble(EnginePair::leastItlSeconds)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /// The fewest replicas that keep a rate, 0 where not even `most` do.
    private static int fewest(IntToDoubleFunction rateOf, double rate, int most) {
        if (most < 1 || rateOf.applyAsDouble(1) <= 0) {
            return 0;
        }
        int high = 1;
        while (high < most && rateOf.applyAsDouble(high) < rate) {
            high = Math.min(most, 2 * high);
        }
        if (rateOf.applyAsDouble(high) < rate) {
            return 0;
        }
        int low = high / 2;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (rateOf.applyAsDouble(middle) < rate) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
