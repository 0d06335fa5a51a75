package dev.ratematch.controller.core;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How far a decision can be trusted, by what stands behind it.
///
/// @param because what speaks against it; empty where nothing does
public record Confidence(Level level, List<String> because) {

    /// Fewer windows than these say little of how the load wanders.
    private static final int WINDOWS_GOOD = 4;

    /// A model that had to be scaled by more than this, either way, is another engine's.
    private static final double SCALE_FAR = 1.5;

    /// Measured latency this many times the modelled one, either way, is not explained.
    private static final double MISS_FAR = 2;

    /// From this many times the modelled one, either way, the model is said to be of something
    /// else. A choice, not a measurement; nothing is held by it.
    private static final double MISS_ELSEWHERE = 4;

    /// Reasons up to which confidence is medium.
    private static final int REASONS_FEW = 2;

    /// How far.
    public enum Level {
        HIGH,
        MEDIUM,
        LOW;

        /// The lower-case name used in JSON and messages.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Confidence {
        because = List.copyOf(because);
    }

    /// None, for one reason.
    public static Confidence none(String why) {
        return new Confidence(Level.LOW, List.of(why));
    }

    /// The same with one reason more against it.
    public Confidence less(String why) {
        var all = new ArrayList<>(because);
        all.add(why);
        return level == Level.LOW ? new Confidence(level, all) : by(all);
    }

    private static Confidence by(List<String> because) {
        var level =
                because.isEmpty()
                        ? Level.HIGH
                        : because.size() <= REASONS_FEW ? Level.MEDIUM : Level.LOW;
        return new Confidence(level, because);
    }

    /// In what was found of a cycle.
    ///
    /// @param itlSeconds mean, of the commanded pools as modelled
    static Confidence of(
            WorkloadEstimate load, Snapshot snapshot, Calibration learnt, double itlSeconds) {
        var because = new ArrayList<String>();
        if (load.windows() < WINDOWS_GOOD) {
            because.add("only %d windows were usable".formatted(load.windows()));
        }
        var traffic = snapshot.traffic();
        if (traffic.arrivedIsLowerBound()) {
            because.add("no frontend counts arrivals, so the rate is a lower bound");
        }
        for (var note : traffic.flow().notes()) {
            because.add("the counts of requests differ (%s)".formatted(note.kind().label()));
        }
        residual(because, "prefill", learnt.prefill());
        residual(because, "decode", learnt.decode());
        missed(because, "ITL", traffic.itlMeanSeconds(), itlSeconds);
        if (!snapshot.warnings().isEmpty()) {
            because.add("some pods could not be read");
        }
        double itl = traffic.itlMeanSeconds().orElse(itlSeconds) / itlSeconds;
        boolean elsewhere =
                elsewhere(itl)
                        || elsewhere(learnt.prefill().scale())
                        || elsewhere(learnt.decode().scale());
        if (!elsewhere) {
            return by(because);
        }
        because.addFirst(
                "the model does not describe this service; check model, GPU, parallelism and"
                        + " precision");
        return new Confidence(Level.LOW, because);
    }

    private static boolean elsewhere(double ratio) {
        return Double.isFinite(ratio) && (ratio >= MISS_ELSEWHERE || ratio <= 1 / MISS_ELSEWHERE);
    }

    private static void residual(List<String> because, String role, Residual learnt) {
        double scale = learnt.scale();
        if (learnt.weight() == 0) {
            because.add("the model of %s is not corrected by measurements yet".formatted(role));
        } else if (scale > SCALE_FAR || scale < 1 / SCALE_FAR) {
            because.add(
                    String.format(
                            Locale.ROOT,
                            "%s takes %.2f times what the model says; check model, GPU and"
                                    + " parallelism",
                            role,
                            scale));
        }
    }

    private static void missed(
            List<String> because, String what, Reading measured, double modelled) {
        double ratio = measured.orElse(modelled) / modelled;
        if (Double.isFinite(modelled) && (ratio > MISS_FAR || ratio < 1 / MISS_FAR)) {
            because.add(
                    String.format(
                            Locale.ROOT,
                            "the measured %s is %.2f times the modelled one",
                            what,
                            ratio));
        }
    }

    /// For people.
    public String text() {
        return because.isEmpty()
                ? level.label()
                : "%s: %s".formatted(level.label(), String.join("; ", because));
    }
}
