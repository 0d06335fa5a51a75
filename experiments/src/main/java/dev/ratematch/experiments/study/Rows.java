package dev.ratematch.experiments.study;

import dev.ratematch.experiments.findings.Picture.Line;
import dev.ratematch.experiments.findings.Picture.Point;
import dev.ratematch.experiments.findings.Value;
import dev.ratematch.harness.judge.Outcome;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// Rows and lines of what was found.
final class Rows {

    private Rows() {}

    /// What a policy did on both sides of an instant at which something changed: good before and
    /// after, moves, counts then and at the end, GPU-hours.
    ///
    /// @param at the instant, seconds
    static List<Value> turned(String name, Outcome outcome, double at) {
        var before = at(outcome, at);
        var end = outcome.timeline().getLast();
        return row(
                name,
                100 * good(outcome, 0, at),
                100 * good(outcome, at, Double.MAX_VALUE),
                outcome.moves(),
                before.prefill() + "P" + before.decode() + "D",
                end.prefill() + "P" + end.decode() + "D",
                outcome.gpuHours());
    }

    /// A row of words and figures.
    static List<Value> row(Object... cells) {
        return Stream.of(cells)
                .map(
                        cell ->
                                cell instanceof Number number
                                        ? Value.of(number.doubleValue())
                                        : Value.of(String.valueOf(cell)))
                .toList();
    }

    /// A line through things.
    static <T> Line line(String name, List<T> all, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
        return Line.of(
                name,
                all.stream().map(t -> new Point(x.applyAsDouble(t), y.applyAsDouble(t))).toList());
    }

    /// How something went over the cycles of a run, by minutes.
    static Line overTime(String name, Outcome outcome, ToDoubleFunction<Outcome.Point> y) {
        return line(name, outcome.timeline(), p -> p.atSeconds() / 60, y);
    }

    /// The same of what is commanded, and holds until the next command.
    static Line commanded(String name, Outcome outcome, ToDoubleFunction<Outcome.Point> y) {
        return new Line(name, overTime(name, outcome, y).points(), true);
    }

    /// Largest value of the cycles that end in a stretch; what is no number is passed over.
    static double most(
            Outcome outcome, double from, double to, ToDoubleFunction<Outcome.Point> value) {
        return outcome.timeline().stream()
                .filter(p -> p.atSeconds() > from && p.atSeconds() <= to)
                .mapToDouble(value)
                .filter(v -> !Double.isNaN(v))
                .max()
                .orElse(Double.NaN);
    }

    /// Share of the requests that arrived in a stretch and were good.
    static double good(Outcome outcome, double from, double to) {
        double arrived = 0;
        double good = 0;
        for (var p : outcome.timeline()) {
            if (p.atSeconds() > from && p.atSeconds() <= to && p.arrivedRps() > 0) {
                arrived += p.arrivedRps();
                good += p.arrivedRps() * p.goodShare();
            }
        }
        return arrived == 0 ? Double.NaN : good / arrived;
    }

    /// The last cycle that ends by then.
    static Outcome.Point at(Outcome outcome, double seconds) {
        return outcome.timeline().stream()
                .filter(p -> p.atSeconds() <= seconds)
                .reduce((_, later) -> later)
                .orElse(outcome.timeline().getFirst());
    }
}
