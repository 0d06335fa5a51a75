package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Episode.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The best splits that never move, by running them one after another; each starts as it stays. A
/// run is given up once it cannot be the best any more.
public final class StaticSearch {

    /// Share of the offered requests that a smaller split may have fewer of.
    private static final double ALIKE = 0.001;

    private final Episode episode;

    /// On the plant and the trace of an episode.
    public StaticSearch(Episode episode) {
        this.episode = episode;
    }

    /// The best of those that fill the budget; of equals the first found.
    ///
    /// @param likely where to begin; null for where the work of the whole trace points
    public Outcome best(@Nullable Pair likely) {
        var middle = likely == null ? byWork(episode.trace().requests().size()) : likely;
        var pairs = new ArrayList<>(episode.fullPairs());
        pairs.sort(Comparator.comparingInt(p -> Math.abs(p.prefill() - middle.prefill())));
        Outcome best = null;
        for (var pair : pairs) {
            int needed = best == null ? 0 : best.good() + 1;
            var outcome = run(pair, needed);
            best = outcome == null ? best : outcome;
        }
        if (best == null) {
            throw new IllegalStateException("No split fits " + episode.plant().gpus() + " GPUs.");
        }
        return best;
    }

    private Pair byWork(int requests) {
        var shares = new WorkShares(episode);
        return shares.pair(0, requests);
    }

    /// Runs one split to its end.
    public Outcome run(Pair pair) {
        return episode.run(new StaticPolicy(pair), pair, _ -> {});
    }

    private @Nullable Outcome run(Pair pair, int needed) {
        return episode.run(new StaticPolicy(pair), pair, () -> needed, _ -> {});
    }

    /// The split that an outcome of such a search kept.
    public static Pair split(Outcome outcome) {
        return StaticPolicy.split(outcome);
    }

    /// The split of fewest GPUs that is within 0.1 points of the best: how much of the budget
    /// standing still needs. Replicas of decode are taken away first, then of prefill, then one of
    /// either role is traded for two of the other.
    ///
    /// @param best what [#best] found
    public Outcome rightSized(Outcome best) {
        int needed = (int) Math.ceil(best.good() - ALIKE * best.offered());
        var found = best;
        found = fewest(found, needed, false);
        found = fewest(found, needed, true);
        found = fewest(found, needed, false);
        boolean better = true;
        while (better) {
            var at = split(found);
            better = false;
            for (var other :
                    List.of(
                            new Pair(at.prefill() - 2, at.decode() + 1),
                            new Pair(at.prefill() + 1, at.decode() - 2))) {
                var outcome =
                        other.prefill() < 1 || other.decode() < 1 || gpus(other) >= gpus(at)
                                ? null
                                : run(other, needed);
                if (outcome != null) {
                    found = outcome;
                    better = true;
                    break;
                }
            }
        }
        return found;
    }

    private int gpus(Pair pair) {
        return pair.prefill() * episode.plant().prefill().gpus()
                + pair.decode() * episode.plant().decode().gpus();
    }

    /// Bisects the count of one role, the other's standing.
    private Outcome fewest(Outcome enough, int needed, boolean prefill) {
        var at = split(enough);
        var found = enough;
        int low = 1;
        int high = prefill ? at.prefill() : at.decode();
        // One less is what most often fails, and it fails soonest.
        int middle = high - 1;
        while (low < high) {
            var pair = prefill ? new Pair(middle, at.decode()) : new Pair(at.prefill(), middle);
            var outcome = run(pair, needed);
            if (outcome == null) {
                low = middle + 1;
            } else {
                found = outcome;
                high = middle;
            }
            middle = (low + high) / 2;
        }
        return found;
    }
}
