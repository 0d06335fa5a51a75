package dev.ratematch.cli.live;

import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.observe.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How far a recommendation can be trusted, by what stands behind it. Pure.
///
/// @param because what speaks against it; empty where nothing does
record Confidence(Level level, List<String> because) {

    /// Fewer windows than these say little of how the load wanders.
    private static final int WINDOWS_GOOD = 4;

    /// A model that had to be scaled by more than this, either way, is another engine's.
    private static final double SCALE_FAR = 1.5;

    /// Measured latency this many times the modelled one, either way, is not explained.
    private static final double MISS_FAR = 2;

    /// How far.
    enum Level {
        HIGH,
        MEDIUM,
        LOW;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Confidence {
        because = List.copyOf(because);
    }

    static Confidence of(Round round) {
        var because = new ArrayList<String>();
        var outlook = round.outlook();
        if (outlook == null) {
            because.add("no plan was reached");
            return new Confidence(Level.LOW, because);
        }
        int windows = outlook.load().windows();
        if (windows < WINDOWS_GOOD) {
            because.add("only %d windows were usable".formatted(windows));
        }
        var traffic = round.snapshot().traffic();
        if (traffic.arrivedIsLowerBound()) {
            because.add("no frontend counts arrivals, so the rate is a lower bound");
        }
        var calibration = round.step().explanation().calibration();
        residual(because, "prefill", calibration.prefill());
        residual(because, "decode", calibration.decode());
        double itl = outlook.now().itlSeconds();
        missed(because, "ITL", traffic.itlMeanSeconds(), itl);
        if (!round.snapshot().warnings().isEmpty()) {
            because.add("some pods could not be read");
        }
        if (!round.service().warnings().isEmpty()) {
            because.add("the step times lean on what nobody measured");
        }
        var level = because.isEmpty() ? Level.HIGH : because.size() <= 2 ? Level.MEDIUM : Level.LOW;
        return new Confidence(level, because);
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
    String text() {
        return because.isEmpty()
                ? level.label()
                : "%s: %s".formatted(level.label(), String.join("; ", because));
    }
}
