package dev.ratematch.harness.judge;

import dev.ratematch.harness.judge.Episode.Cycle;
import dev.ratematch.harness.judge.Episode.Pair;
import dev.ratematch.harness.judge.Outcome.Point;
import dev.ratematch.harness.judge.Outcome.Quantiles;
import dev.ratematch.harness.plant.RequestLog;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToIntFunction;

/// Turns a finished episode into figures.
final class Scoring {

    private static final double SECONDS = 1e9;
    private static final double REVERSAL_SECONDS = 600;
    private static final int WINDOWS_AT_TARGET = 3;

    private final Policy policy;
    private final Trace trace;
    private final Promise promise;
    private final Pair start;

    Scoring(Policy policy, Trace trace, Promise promise, Pair start) {
        this.policy = policy;
        this.trace = trace;
        this.promise = promise;
        this.start = start;
    }

    /// Good requests, without the figures that take longer.
    int good(RequestLog log) {
        int good = 0;
        for (int i = 0; i < trace.requests().size(); i++) {
            var request = trace.requests().get(i);
            good += Judged.good(log, i, request, promise.at(request.arrivalNanos())) ? 1 : 0;
        }
        return good;
    }

    Outcome score(RequestLog log, List<Cycle> cycles, double gpuHours, int pastSaving) {
        int n = trace.requests().size();
        int good = good(log);
        var ttft = new double[n];
        var itl = new double[n];
        for (int i = 0; i < n; i++) {
            var request = trace.requests().get(i);
            ttft[i] = Judged.ttft(log, i, request);
            itl[i] = Judged.itl(log, i, request);
        }
        var points = new ArrayList<Point>();
        for (var cycle : cycles) {
            points.add(point(cycle, points, trace, log, promise));
        }
        var shifts = shifts(trace);
        return new Outcome(
                policy.name(),
                n,
                good,
                log.completed(),
                n - log.completed() - log.dropped(),
                0,
                log.dropped(),
                pastSaving,
                good / (trace.durationNanos() / SECONDS),
                gpuHours,
                moves(start, cycles),
                reversals(start, cycles, Pair::prefill) + reversals(start, cycles, Pair::decode),
                adapt(shifts, points, promise.at(0).percentile() / 100),
                shifts.size(),
                quantiles(ttft),
                quantiles(itl),
                policy.targets(),
                points);
    }

    private static Point point(
            Cycle cycle, List<Point> before, Trace trace, RequestLog log, Promise promise) {
        int n = cycle.toRequest() - cycle.fromRequest();
        var ttft = new double[n];
        var itl = new double[n];
        int good = 0;
        for (int i = 0; i < n; i++) {
            int index = cycle.fromRequest() + i;
            var request = trace.requests().get(index);
            ttft[i] = Judged.ttft(log, index, request);
            itl[i] = Judged.itl(log, index, request);
            good += Judged.good(log, index, request, promise.at(request.arrivalNanos())) ? 1 : 0;
        }
        double since = before.isEmpty() ? 0 : before.getLast().atSeconds();
        return new Point(
                cycle.atSeconds(),
                n / (cycle.atSeconds() - since),
                cycle.commanded().prefill(),
                cycle.commanded().decode(),
                cycle.prefillReady(),
                cycle.decodeReady(),
                cycle.moving(),
                cycle.switching(),
                quantiles(ttft).p95(),
                quantiles(itl).p95(),
                n == 0 ? Double.NaN : (double) good / n,
                cycle.note());
    }

    /// Quantiles by nearest rank; NaN without values. The values are reordered.
    static Quantiles quantiles(double[] values) {
        if (values.length == 0) {
            return Quantiles.NONE;
        }
        int middle = rank(values, 0.50);
        int late = rank(values, 0.95);
        int last = rank(values, 0.99);
        // Sorting all of them takes several times as long as finding three.
        Ranks.settle(values, 0, late);
        Ranks.settle(values, late, last);
        double p95 = values[late];
        double p99 = values[last];
        Ranks.settle(values, 0, middle);
        return new Quantiles(values[middle], p95, p99);
    }

    private static int rank(double[] values, double q) {
        int at = (int) Math.ceil(q * values.length) - 1;
        return Math.clamp(at, 0, values.length - 1);
    }

    private static int moves(Pair start, List<Cycle> cycles) {
        var last = start;
        int moves = 0;
        for (var cycle : cycles) {
            moves += cycle.commanded().equals(last) ? 0 : 1;
            last = cycle.commanded();
        }
        return moves;
    }

    private static int reversals(Pair start, List<Cycle> cycles, ToIntFunction<Pair> role) {
        int last = role.applyAsInt(start);
        int direction = 0;
        double since = Double.NEGATIVE_INFINITY;
        int reversals = 0;
        for (var cycle : cycles) {
            int now = role.applyAsInt(cycle.commanded());
            if (now != last) {
                int sign = Integer.signum(now - last);
                if (sign == -direction && cycle.atSeconds() - since <= REVERSAL_SECONDS) {
                    reversals++;
                }
                direction = sign;
                since = cycle.atSeconds();
                last = now;
            }
        }
        return reversals;
    }

    /// Starts of segments after the first, seconds.
    private static List<Double> shifts(Trace trace) {
        var starts = new ArrayList<Double>();
        for (var segment : trace.segments()) {
            if (segment.fromNanos() > 0) {
                starts.add(segment.fromNanos() / SECONDS);
            }
        }
        return starts;
    }

    /// Mean time from a shift to the first of three windows at target, seconds; empty without
    /// shifts, or when one of them was never met.
    static OptionalDouble adapt(List<Double> shifts, List<Point> points, double target) {
        double sum = 0;
        for (double shift : shifts) {
            double met = metAfter(shift, points, target);
            if (Double.isNaN(met)) {
                return OptionalDouble.empty();
            }
            sum += met - shift;
        }
        return shifts.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(sum / shifts.size());
    }

    private static double metAfter(double shift, List<Point> points, double target) {
        int run = 0;
        for (int i = 0; i < points.size(); i++) {
            var point = points.get(i);
            if (point.atSeconds() <= shift) {
                continue;
            }
            run = point.goodShare() >= target ? run + 1 : 0;
            if (run == WINDOWS_AT_TARGET) {
                return points.get(i - WINDOWS_AT_TARGET + 1).atSeconds();
            }
        }
        return Double.NaN;
    }
}
