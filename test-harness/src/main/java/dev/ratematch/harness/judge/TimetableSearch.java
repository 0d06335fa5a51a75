package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Episode.Pair;
import dev.ratematch.harness.judge.Timetable.Entry;
import dev.ratematch.harness.traffic.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Looks for the timetable that serves most: what a policy would do that knows the trace. It begins
/// with a constant pair for each phase of the trace, commanded some time ahead of the shift, with
/// schedules by dynamic programming and with whatever it is given; then it climbs on the plant,
/// over times and pairs. Effort is bounded, so what it finds is the best known, not the best there
/// is.
public final class TimetableSearch {

    private static final double SECONDS = 1e9;
    private static final double[] LEADS = {0, 45, 90, 150};
    private static final double STRETCH_SECONDS = 600;
    private static final int STRETCHES_MAX = 8;
    private static final long SEED = 17;

    private final Episode episode;
    private final Pair start;
    private final List<Pair> pairs;

    /// What was run already, whose outcome is no better now.
    private final Set<List<Entry>> tried = new HashSet<>();

    private Timetable best = new Timetable(List.of());
    private @Nullable Outcome outcome;

    /// On the plant and the trace of an episode.
    ///
    /// @param start counts that are ready when the trace begins
    public TimetableSearch(Episode episode, Pair start) {
        this.episode = episode;
        this.start = start;
        this.pairs = episode.fullPairs();
    }

    /// Searches.
    ///
    /// @param known timetables that somebody has found to be good
    /// @param still the best split that never moves, which one of them goes to at once
    /// @param effort timetables to try while climbing
    public Outcome search(List<Timetable> known, Pair still, int effort) {
        known.forEach(this::offer);
        if (known.isEmpty()) {
            offer(new Timetable(List.of(new Entry(0, still))));
            constantPerPhase();
            Oracle.schedules(episode, start).forEach(this::offer);
        }
        climb(effort);
        if (outcome == null) {
            throw new IllegalStateException("A search that begins with nothing has no outcome.");
        }
        return outcome;
    }

    /// Timetables that were run, to their end or until they were given up.
    int runs() {
        return tried.size();
    }

    /// Runs it unless it cannot be better than the best so far.
    private boolean offer(Timetable timetable) {
        if (!tried.add(timetable.byCycle(episode.cycleSeconds()))) {
            return false;
        }
        var before = outcome;
        int needed = before == null ? 0 : before.good() + 1;
        var better = episode.run(timetable, start, () -> needed, _ -> {});
        if (better != null) {
            outcome = better;
            best = timetable;
        }
        return better != null;
    }

    /// One pair a phase: by the phase's work first, at every lead; then each phase's pair is tried
    /// one and two replicas to either side, for as long as that helps.
    private void constantPerPhase() {
        var phases = phases();
        var choice = new ArrayList<Pair>();
        var shares = new WorkShares(episode);
        var trace = episode.trace();
        for (var phase : phases) {
            choice.add(
                    shares.pair(trace.firstAt(phase.fromNanos()), trace.firstAt(phase.toNanos())));
        }
        double lead = 0;
        for (double other : LEADS) {
            lead = offer(timetable(phases, choice, other)) ? other : lead;
        }
        for (int i = 0; i < phases.size(); i++) {
            for (int step : new int[] {-1, 1, -2, 2}) {
                var other = new ArrayList<>(choice);
                other.set(i, beside(choice.get(i), step));
                if (offer(timetable(phases, other, lead))) {
                    choice = other;
                }
            }
        }
    }

    private static Timetable timetable(List<Segment> phases, List<Pair> choice, double lead) {
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < choice.size(); i++) {
            double from = phases.get(i).fromNanos() / SECONDS;
            entries.add(new Entry(Math.max(0, i == 0 ? 0 : from - lead), choice.get(i)));
        }
        return new Timetable(entries);
    }

    /// The trace's own segments; where it has none, stretches of ten minutes and more.
    private List<Segment> phases() {
        var trace = episode.trace();
        if (!trace.segments().isEmpty()) {
            return trace.segments();
        }
        int count = Math.clamp(Math.round(trace.seconds() / STRETCH_SECONDS), 1, STRETCHES_MAX);
        var stretches = new ArrayList<Segment>();
        for (int i = 0; i < count; i++) {
            stretches.add(
                    new Segment(
                            "",
                            trace.durationNanos() / count * i,
                            trace.durationNanos() / count * (i + 1)));
        }
        return stretches;
    }

    private Pair beside(Pair pair, int step) {
        int index = 0;
        for (int i = 0; i < pairs.size(); i++) {
            index = pairs.get(i).prefill() <= pair.prefill() ? i : index;
        }
        return pairs.get(Math.clamp(index + step, 0, pairs.size() - 1));
    }

    private void climb(int effort) {
        var random = new SplittableRandom(SEED);
        for (int i = 0; i < effort; i++) {
            if (outcome != null && outcome.good() == outcome.offered()) {
                return;
            }
            var other = neighbour(best, random);
            if (!other.equals(best)) {
                offer(other);
            }
        }
    }

    /// One entry moved in time, its pair changed, taken out, or doubled with another pair before
    /// it.
    private Timetable neighbour(Timetable timetable, SplittableRandom random) {
        var entries = new ArrayList<>(timetable.entries());
        if (entries.isEmpty()) {
            entries.add(new Entry(0, start));
        }
        int i = random.nextInt(entries.size());
        var entry = entries.get(i);
        double cycle = episode.cycleSeconds();
        int step = (1 + random.nextInt(2)) * (random.nextBoolean() ? 1 : -1);
        double seconds = (1 + random.nextInt(5)) * cycle * (random.nextBoolean() ? 1 : -1);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> entries.set(i, at(entry.atSeconds() + seconds, entry.pair()));
            case 3, 4, 5 -> entries.set(i, at(entry.atSeconds(), beside(entry.pair(), step)));
            case 6 -> entries.add(at(entry.atSeconds() + 2 * seconds, beside(entry.pair(), step)));
            default -> {
                if (entries.size() > 1) {
                    entries.remove(i);
                }
            }
        }
        entries.sort(Comparator.comparingDouble(Entry::atSeconds));
        return new Timetable(entries);
    }

    private Entry at(double seconds, Pair pair) {
        return new Entry(Math.clamp(seconds, 0, episode.trace().seconds()), pair);
    }
}
