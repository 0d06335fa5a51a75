package dev.ratematch.dashboards.view;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Points of a service by column, oldest first.
///
/// @param at seconds on the host's clock
/// @param sequence numbers of the cycles
/// @param columns by name; null where a figure is unknown or without bound
/// @param why a figure of the traffic is unknown, a text a point; null where all are known
public record HistoryView(
        List<Double> at,
        List<Long> sequence,
        Map<String, List<@Nullable Double>> columns,
        List<@Nullable String> why) {

    /// Six digits say all that a float does.
    private static final double DIGITS = 1e6;

    static HistoryView of(List<Point> points) {
        var at = new ArrayList<Double>();
        var sequence = new ArrayList<Long>();
        var why = new ArrayList<@Nullable String>();
        for (var point : points) {
            at.add(point.atSeconds());
            sequence.add(point.sequence());
            why.add(point.why());
        }
        var columns = new LinkedHashMap<String, List<@Nullable Double>>();
        for (var column : Column.ALL) {
            var values = new ArrayList<@Nullable Double>(points.size());
            for (var point : points) {
                values.add(number(point.value(column)));
            }
            columns.put(column.label(), values);
        }
        return new HistoryView(at, sequence, columns, why);
    }

    private static @Nullable Double number(float value) {
        return Float.isFinite(value) ? Math.round(value * DIGITS) / DIGITS : null;
    }
}
