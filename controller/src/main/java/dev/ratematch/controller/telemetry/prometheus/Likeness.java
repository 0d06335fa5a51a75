package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Whether the counters of two targets can be those of one process. A counter only grows, so of one
/// process no sample is higher than a later one, whoever took either; two processes that count
/// apart break this in nearly every counter within two scrapes.
enum Likeness {
    /// The same counts.
    EQUAL,
    /// Two processes.
    UNEQUAL,
    /// Nothing was counted, or one ended before the other began.
    UNTOLD;

    /// A value is read somewhat later than the time that it is stored with.
    private static final double SAME_TIME_SECONDS = 2;

    /// Samples of a series that are compared, the newest of it.
    private static final int SAMPLES_MAX = 8;

    /// Counters that must agree.
    private static final int COUNTERS_MIN = 3;

    /// One in so many that disagree is no proof.
    private static final int EXCEPTIONS = 20;

    /// Compares what was seen of two targets.
    ///
    /// @param counters as [#counters] finds them
    static Likeness of(Map<String, RawSeries> counters, Map<String, RawSeries> others) {
        int equal = 0;
        int unequal = 0;
        for (var entry : counters.entrySet()) {
            var twin = others.get(entry.getKey());
            switch (twin == null ? UNTOLD : of(entry.getValue(), twin)) {
                case EQUAL -> equal++;
                case UNEQUAL -> unequal++;
                case UNTOLD -> {}
            }
        }
        if (unequal * EXCEPTIONS > equal + unequal) {
            return UNEQUAL;
        }
        return equal >= COUNTERS_MIN ? EQUAL : UNTOLD;
    }

    /// Counters by name and by the labels that tell them apart within the target.
    static Map<String, RawSeries> counters(List<RawSeries> series, Catalogue catalogue) {
        var inner = inner(series);
        var counters = new HashMap<String, RawSeries>();
        for (var one : series) {
            String name = one.name();
            if (catalogue.counter(name)
                    || List.of("_total", "_bucket", "_count").stream().anyMatch(name::endsWith)) {
                var labels = new TreeMap<>(one.labels());
                labels.keySet().retainAll(inner);
                counters.put(name + labels, one);
            }
        }
        return counters;
    }

    /// Labels with several values within the target.
    private static Set<String> inner(List<RawSeries> series) {
        var seen = new HashMap<String, String>();
        var inner = new HashSet<String>();
        for (var one : series) {
            one.labels()
                    .forEach(
                            (label, value) -> {
                                String before = seen.putIfAbsent(label, value);
                                if (before != null && !before.equals(value)) {
                                    inner.add(label);
                                }
                            });
        }
        inner.remove("__name__");
        return inner;
    }

    private static Likeness of(RawSeries a, RawSeries b) {
        double since = Math.max(begun(a), begun(b));
        int from = first(a, since);
        int others = first(b, since);
        boolean before = false;
        boolean after = false;
        boolean counted = false;
        for (int i = from; i < a.times().length; i++) {
            for (int j = others; j < b.times().length; j++) {
                double later = b.times()[j] - a.times()[i];
                double more = b.values()[j] - a.values()[i];
                if (Math.abs(later) < SAME_TIME_SECONDS || Double.isNaN(more)) {
                    continue;
                }
                double slack = 1e-9 * Math.abs(a.values()[i]);
                if (later > 0 ? more < -slack : more > slack) {
                    return both(a, from, b, others) ? UNEQUAL : UNTOLD;
                }
                before |= later < 0;
                after |= later > 0;
                counted |= a.values()[i] > 0 && b.values()[j] > 0;
            }
        }
        return before && after && counted ? EQUAL : UNTOLD;
    }

    /// Whether either was seen before and after the other: not one after the other's end.
    private static boolean both(RawSeries a, int from, RawSeries b, int others) {
        double firstA = a.times()[from];
        double lastA = a.times()[a.times().length - 1];
        double firstB = b.times()[others];
        double lastB = b.times()[b.times().length - 1];
        return firstA <= lastB && firstB <= lastA;
    }

    /// When the process was first seen after it last began again.
    private static double begun(RawSeries one) {
        for (int i = one.values().length - 1; i > 0; i--) {
            if (one.values()[i] < one.values()[i - 1]) {
                return one.times()[i];
            }
        }
        return Double.NEGATIVE_INFINITY;
    }

    private static int first(RawSeries one, double since) {
        int first = Math.max(0, one.times().length - SAMPLES_MAX);
        while (first < one.times().length && one.times()[first] < since) {
            first++;
        }
        return first;
    }
}
