package dev.ratematch.harness.foreign;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts of the open window.
final class Tally {

    private final List<Double> ttft = new ArrayList<>();
    private final List<Double> itl = new ArrayList<>();
    private int arrived;
    private int completed;
    private double input;
    private double output;

    void arrived() {
        arrived++;
    }

    void told(double seconds) {
        ttft.add(seconds);
    }

    void ended(Ask ask, double itlSeconds) {
        completed++;
        input += ask.input;
        output += ask.output;
        if (ask.output > 1) {
            itl.add(itlSeconds);
        }
    }

    /// The window's figures; the next one begins.
    Seen.TrafficSeen close() {
        var seen =
                new Seen.TrafficSeen(
                        arrived,
                        completed,
                        completed == 0 ? null : input / completed,
                        completed == 0 ? null : output / completed,
                        spread(ttft),
                        spread(itl));
        ttft.clear();
        itl.clear();
        arrived = 0;
        completed = 0;
        input = 0;
        output = 0;
        return seen;
    }

    private static Seen.@Nullable Spread spread(List<Double> seconds) {
        if (seconds.isEmpty()) {
            return null;
        }
        Collections.sort(seconds);
        double sum = 0;
        for (double each : seconds) {
            sum += each;
        }
        return new Seen.Spread(
                sum / seconds.size(), seconds.get((int) (0.95 * (seconds.size() - 1))));
    }
}
