package dev.ratematch.controller.prospect;

import java.util.ArrayList;
import java.util.List;

/// What was forecast of late and what came. The forecast is that the estimate goes on.
///
/// @param points newest last
public record Track(List<Point> points) {

    /// One window.
    ///
    /// @param atSeconds its end
    /// @param forecast what the estimate needed then
    /// @param came what the window alone needed
    public record Point(double atSeconds, Need forecast, Need came) {}

    /// Nothing forecast yet.
    public static final Track NONE = new Track(List.of());

    /// Ten minutes at the usual interval.
    private static final int MEMORY = 40;

    /// What is left where the traffic turns: before that it was other traffic.
    private static final int AFTER_A_TURN = 3;

    /// Decode averages over the time that answers take, and prefill does not.
    private static final int DECODE_WINDOWS = 3;

    public Track {
        points = List.copyOf(points);
    }

    Track saw(Point newest, boolean turned) {
        int most = turned ? AFTER_A_TURN : MEMORY;
        var next = new ArrayList<>(points);
        next.add(newest);
        return new Track(next.subList(Math.max(0, next.size() - most), next.size()));
    }

    /// The same in replicas that do otherwise.
    Track rescaled(double prefill, double decode) {
        var next = new ArrayList<Point>();
        for (var point : points) {
            next.add(
                    new Point(
                            point.atSeconds(),
                            point.forecast().times(prefill, decode),
                            point.came().times(prefill, decode)));
        }
        return new Track(next);
    }

    /// By which factors what came was off, so many seconds after the forecast: a rolling back-test.
    List<Need> errors(double horizonSeconds) {
        var errors = new ArrayList<Need>();
        int then = 0;
        for (int i = 0; i < points.size(); i++) {
            double due = points.get(i).atSeconds() + horizonSeconds;
            while (then < points.size() && points.get(then).atSeconds() < due) {
                then++;
            }
            if (then == points.size()) {
                break;
            }
            var forecast = points.get(i).forecast();
            if (forecast.prefill() > 0 && forecast.decode() > 0) {
                errors.add(
                        new Need(
                                points.get(then).came().prefill() / forecast.prefill(),
                                decode(then) / forecast.decode()));
            }
        }
        return errors;
    }

    private double decode(int at) {
        int from = Math.max(0, at - DECODE_WINDOWS + 1);
        double sum = 0;
        for (int i = from; i <= at; i++) {
            sum += points.get(i).came().decode();
        }
        return sum / (at - from + 1);
    }
}
