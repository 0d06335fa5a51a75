package dev.ratematch.harness.foreign;

import java.util.List;

/// A split for each phase, switched so many seconds about its beginning: it knows the trace and
/// sees nothing.
///
/// @param splits one a phase
/// @param shifts seconds after the beginning of the phase, one a phase; negative is earlier
record Timetable(List<Traffic.Phase> phases, List<Counts> splits, List<Double> shifts)
        implements Policy {

    @Override
    public Counts window(Seen seen) {
        var counts = splits.getFirst();
        for (int n = 1; n < phases.size(); n++) {
            if (seen.at() >= phases.get(n).from() + shifts.get(n)) {
                counts = splits.get(n);
            }
        }
        return counts;
    }
}
