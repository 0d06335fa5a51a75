package dev.ratematch.harness.foreign;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the traffic allows on a site, found by trying: the best split that never moves, and the
/// best timetable.
final class Anchors {

    /// A policy by name, and what it reached.
    ///
    /// @param prefill replicas of prefill that it begins with
    record Reached(String name, int prefill, Score score) {}

    private static final double SHIFT_MOST = 150;
    private static final List<Turn> STEPS =
            List.of(
                    new Turn(-3, 0),
                    new Turn(-1, 0),
                    new Turn(1, 0),
                    new Turn(3, 0),
                    new Turn(0, -45),
                    new Turn(0, -15),
                    new Turn(0, 15),
                    new Turn(0, 45));

    private final Site site;
    private final Traffic traffic;
    private final long seed;
    private final List<Mix> kinds;

    Anchors(Site site, Traffic traffic, long seed) {
        this.site = site;
        this.traffic = traffic;
        this.seed = seed;
        this.kinds = traffic.phases().stream().map(Traffic.Phase::mix).distinct().toList();
    }

    /// Every split that fills the budget, given up once it cannot win any more.
    Reached bestFixed() {
        Reached best = null;
        for (int p : fromTheMiddle()) {
            var split = new Counts(p, site.replicas() - p);
            var score = tried(split, new FixedSplit(split), best);
            if (score != null) {
                best = new Reached("fixed " + split, p, score);
            }
        }
        if (best == null) {
            throw new IllegalStateException("No split fills " + site);
        }
        return best;
    }

    private List<Integer> fromTheMiddle() {
        var order = new ArrayList<Integer>();
        for (int p = 1; p < site.replicas(); p++) {
            order.add(p);
        }
        double middle = site.replicas() / 2.0;
        order.sort((a, b) -> Double.compare(Math.abs(a - middle), Math.abs(b - middle)));
        return order;
    }

    /// A split and a time of switching for each kind of phase, climbed one at a time from what
    /// replicas can carry and from the best fixed split, until no single change is better.
    Reached bestTimetable(int fixedPrefill) {
        var carried = new TreeMap<Integer, Turn>();
        var fixed = new TreeMap<Integer, Turn>();
        for (int n = 0; n < kinds.size(); n++) {
            carried.put(n, new Turn(site.bestSplit(kinds.get(n)).prefill(), 0));
            fixed.put(n, new Turn(fixedPrefill, 0));
        }
        var best = climbed(fixed, null);
        var other = climbed(carried, best);
        return other == null ? Objects.requireNonNull(best) : other;
    }

    /// What a timetable does at phases of one kind.
    ///
    /// @param shift seconds after the beginning of the phase
    record Turn(int prefill, double shift) {

        @Override
        public String toString() {
            return "%dP@%+.0fs".formatted(prefill, shift);
        }
    }

    private @Nullable Reached climbed(Map<Integer, Turn> from, @Nullable Reached toBeat) {
        var turns = from;
        var best = attempt(turns, null);
        boolean climbing = true;
        while (climbing) {
            climbing = false;
            for (int kind = 0; kind < kinds.size(); kind++) {
                for (var step : STEPS) {
                    var next = new TreeMap<>(turns);
                    next.merge(
                            kind,
                            step,
                            (a, b) -> new Turn(a.prefill + b.prefill, a.shift + b.shift));
                    var reached = attempt(next, best);
                    if (reached != null) {
                        best = reached;
                        turns = next;
                        climbing = true;
                    }
                }
            }
        }
        boolean won = best != null && (toBeat == null || best.score.good() > toBeat.score.good());
        return won ? best : null;
    }

    private @Nullable Reached attempt(Map<Integer, Turn> turns, @Nullable Reached best) {
        boolean possible =
                turns.values().stream()
                        .allMatch(
                                turn ->
                                        turn.prefill > 0
                                                && turn.prefill < site.replicas()
                                                && Math.abs(turn.shift) <= SHIFT_MOST);
        if (!possible) {
            return null;
        }
        var table = timetable(List.copyOf(turns.values()));
        var score = tried(Counts.even(site.replicas()), table, best);
        return score == null
                ? null
                : new Reached(
                        "timetable " + turns.values(), table.splits().getFirst().prefill(), score);
    }

    /// The timetable that does so at each kind of phase, in the order in which the kinds first
    /// come.
    Timetable timetable(List<Turn> turns) {
        var counts = new ArrayList<Counts>();
        var times = new ArrayList<Double>();
        for (var phase : traffic.phases()) {
            var turn = turns.get(kinds.indexOf(phase.mix()));
            counts.add(new Counts(turn.prefill, site.replicas() - turn.prefill));
            times.add(turn.shift);
        }
        return new Timetable(traffic.phases(), counts, times);
    }

    /// The score where it is better than the best, else null.
    private @Nullable Score tried(Counts start, Policy policy, @Nullable Reached best) {
        int most = best == null ? Integer.MAX_VALUE : best.score().offered() - best.score().good();
        var score = Plant.run(site, traffic, seed, start, policy, most);
        boolean better = score != null && (best == null || score.good() > best.score().good());
        return better ? score : null;
    }
}
