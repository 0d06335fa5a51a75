package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Episode.Pair;
import java.util.ArrayList;
import java.util.List;

/// Commands pairs at set times; nothing before the first.
///
/// @param entries in order of time
public record Timetable(List<Entry> entries) implements WindowPolicy {

    /// A pair from an instant on.
    ///
    /// @param atSeconds since the start of the trace
    public record Entry(double atSeconds, Pair pair) {}

    public Timetable {
        entries = List.copyOf(entries);
    }

    /// What an outcome's policy commanded.
    ///
    /// @param start what stood there before its first command
    public static Timetable of(Outcome outcome, Pair start) {
        var entries = new ArrayList<Entry>();
        var last = start;
        for (var point : outcome.timeline()) {
            var pair = new Pair(point.prefill(), point.decode());
            if (!pair.equals(last)) {
                entries.add(new Entry(point.atSeconds(), pair));
                last = pair;
            }
        }
        return new Timetable(entries);
    }

    /// What is commanded at which cycle, counted from 1: two timetables of which this is the same
    /// are told apart by nobody.
    List<Entry> byCycle(double cycleSeconds) {
        var changes = new ArrayList<Entry>();
        for (var entry : entries) {
            var change = new Entry(cycle(entry.atSeconds(), cycleSeconds), entry.pair());
            if (!changes.isEmpty() && changes.getLast().atSeconds() >= change.atSeconds()) {
                changes.removeLast();
            }
            if (changes.isEmpty() || !changes.getLast().pair().equals(change.pair())) {
                changes.add(change);
            }
        }
        return changes;
    }

    /// The first cycle that ends at that instant or later, by the very comparison of [#decide].
    private static int cycle(double atSeconds, double cycleSeconds) {
        int cycle = Math.max(1, (int) (atSeconds / cycleSeconds) - 1);
        while (atSeconds > cycle * cycleSeconds) {
            cycle++;
        }
        return cycle;
    }

    @Override
    public String name() {
        return "oracle";
    }

    /// It needs no telemetry, so it does not hold when that is gone.
    @Override
    public boolean foresees() {
        return true;
    }

    @Override
    public Command decide(View view) {
        Entry due = null;
        for (var entry : entries) {
            due = entry.atSeconds() <= view.atSeconds() ? entry : due;
        }
        return due == null
                ? new Command(view.commanded().prefill(), view.commanded().decode(), "")
                : new Command(due.pair().prefill(), due.pair().decode(), "the trace will need it");
    }
}
