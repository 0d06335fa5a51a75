package dev.ratematch.controller.estimate;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Turns windows into a workload estimate.
///
/// The rate is averaged over as many recent windows as agree with each other: the average runs back
/// from the newest window until one lies outside the spread that the dispersion allows, so a calm
/// hour is averaged and a step is followed. Lengths are weighted by arrivals over the same windows.
/// Burstiness is the index of dispersion from successive differences, which removes drift, with a
/// prior while little has been seen.
public final class Estimator {

    /// Windows remembered.
    public static final int MEMORY = 20;

    private static final double AGREES_SIGMA = 2.5;
    private static final double LENGTH_CHANGE = 0.35;
    static final double PRIOR_DISPERSION = 2;
    private static final double PRIOR_WINDOWS = 4;
    private static final double DISPERSION_MAX = 200;
    private static final int MEDIAN_MIN = 4;

    /// Median of chi square with one degree of freedom, whose mean is 1.
    private static final double MEDIAN_OF_CHI_SQUARE = 0.4549;

    /// Squared coefficient of variation assumed where lengths are known by their mean only.
    static final double CV2_UNSEEN = 1;

    private Estimator() {}

    /// The snapshot as a window, or nothing when its rate or lengths cannot be known. In a window
    /// without traffic the lengths of the last one still describe the requests to come.
    public static Optional<Window> window(Snapshot snapshot, List<Window> past) {
        var traffic = snapshot.traffic();
        if (!traffic.arrived().known() || !(snapshot.windowSeconds().orElse(0) > 0)) {
            return Optional.empty();
        }
        var last = past.isEmpty() ? null : past.getLast();
        double input = carried(traffic.inputTokensMean(), last == null ? 0 : last.inputTokens());
        double output = carried(traffic.outputTokensMean(), last == null ? 0 : last.outputTokens());
        if (input < 1 || output < 1) {
            return Optional.empty();
        }
        double hit = Math.min(1, Math.max(0, traffic.kvHitRate().orElse(0)));
        double uncached = traffic.uncachedInputTokensMean().orElse(input * (1 - hit));
        return Optional.of(
                new Window(
                        snapshot.atSeconds(),
                        snapshot.windowSeconds().orElse(0),
                        Math.max(0, traffic.arrived().orElse(0)),
                        input,
                        Math.max(0, traffic.inputTokensCv2().orElse(CV2_UNSEEN)),
                        Math.min(input, Math.max(1, uncached)),
                        Math.max(
                                1,
                                OutputInProgress.mean(
                                        snapshot,
                                        past.size() > MEDIAN_MIN
                                                ? typicalDispersion(past)
                                                : PRIOR_DISPERSION,
                                        EarlierAnswers.leftOut(snapshot, past, input, output))),
                        Math.max(0, traffic.outputTokensCv2().orElse(CV2_UNSEEN)),
                        Math.max(1, traffic.acceptLength().orElse(1)),
                        Math.min(1, Math.max(0, traffic.localPrefillShare().orElse(0))),
                        prefillQueued(snapshot, input),
                        Math.max(
                                0,
                                snapshot.decode().queuedRequests().orElse(0)
                                        + snapshot.decode().waitingForKv().orElse(0)),
                        traffic.flow().sequencesPerRequest()));
    }

    /// The same, with what is known of such prompts where traffic has just turned to them.
    public static Optional<Window> window(
            Snapshot snapshot, List<Window> past, Precedents precedents) {
        return window(snapshot, past).map(window -> precedents.applied(window, past));
    }

    /// Requests of mean length that wait for prefill: by their tokens where those are known, since
    /// a few long prompts are more work than their number says.
    private static double prefillQueued(Snapshot snapshot, double inputMean) {
        var pool = snapshot.prefill();
        double queued =
                pool.queuedTokens().known()
                        ? pool.queuedTokens().orElse(0) / Math.max(1, inputMean)
                        : pool.queuedRequests().orElse(0);
        return Math.max(0, queued);
    }

    private static double carried(Reading reading, double last) {
        return switch (reading) {
            case Reading.Value(double value, _) -> value;
            case Reading.NoTraffic() -> last;
            case Reading.Unknown _, Reading.Stale _ -> 0;
        };
    }

    /// The past with one more window, the oldest forgotten.
    public static List<Window> remember(List<Window> past, Window window) {
        var all = new ArrayList<>(past);
        all.add(window);
        int from = Math.max(0, all.size() - MEMORY);
        return List.copyOf(all.subList(from, all.size()));
    }

    /// The estimate from at least one window, newest last.
    public static WorkloadEstimate estimate(List<Window> windows) {
        double dispersion = dispersion(windows);
        int used = agreeing(windows);
        var recent = windows.subList(windows.size() - used, windows.size());
        double arrived = 0;
        double seconds = 0;
        double weights = 0;
        double input = 0;
        double inputSquares = 0;
        double uncached = 0;
        double output = 0;
        double outputSquares = 0;
        double sequences = 0;
        for (var w : recent) {
            arrived += w.arrived();
            seconds += w.seconds();
            double weight = w.arrived() + 1e-6;
            weights += weight;
            input += weight * w.inputTokens();
            inputSquares += weight * w.inputTokens() * w.inputTokens() * (1 + w.inputCv2());
            uncached += weight * w.uncachedInputTokens();
            output += weight * w.outputTokens();
            sequences += weight * w.sequencesPerRequest();
            outputSquares += weight * w.outputTokens() * w.outputTokens() * (1 + w.outputCv2());
        }
        double inputMean = input / weights;
        double outputMean = output / weights;
        var newest = windows.getLast();
        return new WorkloadEstimate(
                arrived / seconds,
                inputMean,
                uncached / weights,
                Math.max(0, inputSquares / weights / (inputMean * inputMean) - 1),
                outputMean,
                Math.max(0, outputSquares / weights / (outputMean * outputMean) - 1),
                dispersion,
                newest.seconds(),
                newest.acceptLength(),
                newest.localPrefillShare(),
                newest.prefillQueued(),
                newest.decodeQueued(),
                windows.size(),
                Math.max(1, sequences / weights));
    }

    /// By how much mean lengths differ from window to window by chance, share: of ISL and OSL the
    /// one that differs more.
    public static double lengthNoise(List<Window> windows) {
        return Math.max(
                noise(windows, Window::inputTokens, Window::inputCv2),
                noise(windows, Window::outputTokens, Window::outputCv2));
    }

    /// How far the work that is estimated for each role may be from what comes, by the count of
    /// requests behind it and the spread of their lengths: relative standard errors.
    public static Unsure unsure(List<Window> windows) {
        int used = agreeing(windows);
        double arrived = 0;
        for (var window : windows.subList(windows.size() - used, windows.size())) {
            arrived += window.arrived();
        }
        var load = estimate(windows);
        double counted = Math.max(1, arrived);
        return new Unsure(
                StrictMath.sqrt((load.dispersion() + load.inputCv2()) / counted),
                StrictMath.sqrt((load.dispersion() + load.outputCv2()) / counted));
    }

    private static int agreeing(List<Window> windows) {
        return agreeing(
                windows,
                typicalDispersion(windows),
                noise(windows, Window::inputTokens, Window::inputCv2),
                noise(windows, Window::uncachedInputTokens, Window::inputCv2),
                noise(windows, Window::outputTokens, Window::outputCv2));
    }

    /// How many windows, counted from the newest, tell of one and the same traffic. One window that
    /// stands out between others that agree is noise and does not end the run.
    private static int agreeing(
            List<Window> windows,
            double dispersion,
            double inputNoise,
            double uncachedNoise,
            double outputNoise) {
        var run = new Run(windows.getLast(), inputNoise, uncachedNoise, outputNoise);
        int i = windows.size() - 2;
        while (i >= 0) {
            var window = windows.get(i);
            if (!run.agrees(window, dispersion)) {
                if (i == 0 || !run.agrees(windows.get(i - 1), dispersion)) {
                    break;
                }
            }
            run.add(window);
            i--;
        }
        return windows.size() - 1 - i;
    }

    /// The mean of the windows that agreed so far.
    private static final class Run {
        private double arrived;
        private double seconds;
        private double input;
        private double uncached;
        private double output;
        private int used = 1;
        private final double inputNoise;
        private final double uncachedNoise;
        private final double outputNoise;

        Run(Window newest, double inputNoise, double uncachedNoise, double outputNoise) {
            this.inputNoise = inputNoise;
            this.uncachedNoise = uncachedNoise;
            this.outputNoise = outputNoise;
            arrived = newest.arrived();
            seconds = newest.seconds();
            input = newest.inputTokens();
            uncached = newest.uncachedInputTokens();
            output = newest.outputTokens();
        }

        boolean agrees(Window w, double dispersion) {
            double expected = arrived / seconds * w.seconds();
            double variance = dispersion * Math.max(1, expected) * (1 + 1.0 / used);
            return Math.abs(w.arrived() - expected) <= AGREES_SIGMA * StrictMath.sqrt(variance)
                    && near(w.inputTokens(), input, inputNoise)
                    && near(w.uncachedInputTokens(), uncached, uncachedNoise)
                    && near(w.outputTokens(), output, outputNoise);
        }

        private boolean near(double length, double mean, double noise) {
            double chance = AGREES_SIGMA * noise * StrictMath.sqrt(1 + 1.0 / used);
            return Math.abs(length - mean) <= Math.max(LENGTH_CHANGE, Math.min(0.9, chance)) * mean;
        }

        void add(Window w) {
            arrived += w.arrived();
            seconds += w.seconds();
            used++;
            input += (w.inputTokens() - input) / used;
            uncached += (w.uncachedInputTokens() - uncached) / used;
            output += (w.outputTokens() - output) / used;
        }
    }

    /// Relative deviation of a window's mean length: by what differs from window to window, and no
    /// less than what lengths of their own spread leave. By the median, so that a jump is no noise.
    private static double noise(
            List<Window> windows, ToDoubleFunction<Window> length, ToDoubleFunction<Window> cv2) {
        var newest = windows.getLast();
        double own = cv2.applyAsDouble(newest) / Math.max(1, newest.arrived());
        int steps = windows.size() - 1;
        if (steps < MEDIAN_MIN) {
            return StrictMath.sqrt(own);
        }
        var squares = new double[steps];
        for (int i = 1; i <= steps; i++) {
            double a = length.applyAsDouble(windows.get(i - 1));
            double b = length.applyAsDouble(windows.get(i));
            double step = 2 * (b - a) / (a + b);
            squares[i - 1] = step * step / 2;
        }
        Arrays.sort(squares);
        double typical = squares[(steps - 1) / 2] / MEDIAN_OF_CHI_SQUARE;
        return StrictMath.sqrt(Math.max(own, typical));
    }

    /// Half the squared difference of neighbouring counts, each an estimate of the variance that
    /// drift hardly touches. Counts are brought to the newer window's length.
    private static double[] variances(List<Window> windows) {
        var variances = new double[windows.size() - 1];
        for (int i = 1; i < windows.size(); i++) {
            var before = windows.get(i - 1);
            var after = windows.get(i);
            double step = after.arrived() - before.arrived() * after.seconds() / before.seconds();
            variances[i - 1] = step * step / 2;
        }
        return variances;
    }

    private static double meanCount(List<Window> windows) {
        double counts = 0;
        for (var w : windows) {
            counts += w.arrived();
        }
        return counts / windows.size();
    }

    private static double dispersion(List<Window> windows) {
        double squares = 0;
        var variances = variances(windows);
        for (double variance : variances) {
            squares += variance;
        }
        return pooled(squares, variances.length, meanCount(windows));
    }

    /// The dispersion with jumps left out: by the median, so that a change of level is not taken
    /// for the noise around it. Of few differences one jump may be half, so the prior stands alone.
    private static double typicalDispersion(List<Window> windows) {
        var variances = variances(windows);
        if (variances.length < MEDIAN_MIN) {
            return PRIOR_DISPERSION;
        }
        Arrays.sort(variances);
        double typical = variances[(variances.length - 1) / 2] / MEDIAN_OF_CHI_SQUARE;
        return pooled(typical * variances.length, variances.length, meanCount(windows));
    }

    private static double pooled(double squares, int steps, double meanCount) {
        double seen = steps > 0 && meanCount > 0 ? squares / steps / meanCount : PRIOR_DISPERSION;
        double pooled = (seen * steps + PRIOR_DISPERSION * PRIOR_WINDOWS) / (steps + PRIOR_WINDOWS);
        return Math.min(DISPERSION_MAX, Math.max(1, pooled));
    }
}
