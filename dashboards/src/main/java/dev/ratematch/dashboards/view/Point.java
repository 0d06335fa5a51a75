package dev.ratematch.dashboards.view;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.observe.Reading;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A cycle as a point of the charts: some 200 bytes, where the cycle itself is not kept.
final class Point {

    private final long sequence;
    private final double atSeconds;
    private final float[] row;
    private final @Nullable String why;
    private final @Nullable Seen seen;

    private Point(
            long sequence,
            double atSeconds,
            float[] row,
            @Nullable String why,
            @Nullable Seen seen) {
        this.sequence = sequence;
        this.atSeconds = atSeconds;
        this.row = row;
        this.why = why;
        this.seen = seen;
    }

    /// Of a cycle.
    ///
    /// @param before whose text stands for an equal one, so that it is not kept twice
    /// @param whole whether the cycle is kept
    static Point of(Seen seen, @Nullable Point before, boolean whole) {
        String why = why(seen.cycle());
        return new Point(
                seen.sequence(),
                seen.atSeconds(),
                Column.of(seen.cycle()),
                before != null && before.why != null && before.why.equals(why) ? before.why : why,
                whole ? seen : null);
    }

    long sequence() {
        return sequence;
    }

    double atSeconds() {
        return atSeconds;
    }

    /// Why the first of rate, lengths and latencies is unknown; null where all are known.
    @Nullable String why() {
        return why;
    }

    /// The whole cycle, where those are kept; else null.
    @Nullable Seen seen() {
        return seen;
    }

    private static @Nullable String why(Cycle cycle) {
        var traffic = cycle.snapshot().traffic();
        return Stream.of(
                        cycle.snapshot().windowSeconds(),
                        traffic.arrived(),
                        traffic.inputTokensMean(),
                        traffic.outputTokensMean(),
                        traffic.ttftQuantileSeconds(),
                        traffic.itlQuantileSeconds())
                .filter(reading -> !(reading instanceof Reading.Value))
                .map(reading -> Quantity.of(reading).why())
                .findFirst()
                .orElse(null);
    }

    float value(Column column) {
        return row[column.index()];
    }

    /// How far the worse latency stands to its promise; below zero where neither is known.
    float strain() {
        return Math.max(
                share(value(Column.TTFT), value(Column.TTFT_PROMISED)),
                share(value(Column.ITL), value(Column.ITL_PROMISED)));
    }

    private static float share(float measured, float promised) {
        return Float.isNaN(measured) ? -1 : measured / promised;
    }
}
