package dev.ratematch.controller.telemetry.dialect;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/// One line of the catalogue.
///
/// @param term metrics of one fact with different terms are added up
/// @param roles which pods it is read from
/// @param unit as exposed, for people; the metric's scale follows from it
/// @param since version or month from which it exists; empty when always
/// @param until version or month in which it went; empty when it has not
/// @param note what to know about it; empty for nothing
public record Row(
        Fact fact,
        int term,
        Set<Source> roles,
        Metric metric,
        String unit,
        String since,
        String until,
        String note) {

    private static final String TOTAL = "_total";

    public Row {
        roles = Set.copyOf(roles);
    }

    /// The metric under every name it may have: a gateway may have changed the prefix, a client
    /// library may add `_total` to counters or leave it off.
    List<Metric> spellings(List<String> prefixes) {
        var all = new LinkedHashSet<Metric>();
        boolean counter = metric.type() == Metric.Type.COUNTER;
        for (String prefix : prefixes) {
            UnaryOperator<String> prefixed =
                    name ->
                            name.startsWith(prefixes.getFirst())
                                    ? prefix + name.substring(prefixes.getFirst().length())
                                    : name;
            all.add(metric.respelled(prefixed));
            if (counter) {
                all.add(metric.respelled(name -> other(prefixed.apply(name))));
            }
        }
        return new ArrayList<>(all);
    }

    /// Sums and counts of histograms are no counters of their own.
    private static String other(String name) {
        if (name.endsWith("_sum") || name.endsWith("_count")) {
            return name;
        }
        return name.endsWith(TOTAL)
                ? name.substring(0, name.length() - TOTAL.length())
                : name + TOTAL;
    }

    /// The same with another metric.
    Row with(Metric other) {
        return new Row(fact, term, roles, other, unit, since, until, note);
    }
}
