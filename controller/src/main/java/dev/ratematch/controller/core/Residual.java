package dev.ratematch.controller.core;

import java.util.function.DoubleUnaryOperator;

/// What observation has taught about one role's step times: observed = offset + scale * modelled.
///
/// A least-squares fit with fading memory and a prior that believes the model. It is kept as the
/// sums of the normal equations; samples are weighed by 1 / observed^2, since errors are relative,
/// and by less the further they are from what is believed, so that stragglers bend nothing.
///
/// @param weight sum of weights
/// @param model weighted sum of modelled seconds
/// @param modelSquares weighted sum of their squares
/// @param observed weighted sum of observed seconds
/// @param products weighted sum of modelled times observed
/// @param refusals samples refused since one was near
/// @param samples how many are remembered, each by how far it was believed
public record Residual(
        double weight,
        double model,
        double modelSquares,
        double observed,
        double products,
        int refusals,
        double samples) {

    /// The model as it is.
    public static final Residual NONE = new Residual(0, 0, 0, 0, 0, 0, 0);

    /// The least and the largest factor on a modelled time, whatever is observed; above the largest
    /// there may be an offset besides.
    public static final double LEAST = 0.25;

    /// See `LEAST`.
    public static final double MOST = 4;

    /// Largest offset: engines add some 25 ms to a prefill iteration in public telemetry.
    static final double OFFSET_MAX_SECONDS = 0.06;

    private static final double MEMORY = 0.98;
    private static final double GATE = 0.6;
    private static final int REFUSALS_MAX = 4;

    /// Two of them must agree.
    private static final int PRECISE_REFUSALS_MAX = 1;

    /// Relative noise of a sample, and what the prior allows scale and offset.
    private static final double NOISE = 0.1;

    /// Relative standard deviation of the plain model: its median error on held-back TPOT is 0.1,
    /// which of a normal distribution is 0.67 deviations.
    private static final double MODEL_DEVIATION = 0.15;

    private static final double SCALE_DEVIATION = MODEL_DEVIATION;
    private static final double OFFSET_DEVIATION_SECONDS = 0.02;

    private static final double SCALE_PRIOR = NOISE * NOISE / (SCALE_DEVIATION * SCALE_DEVIATION);
    private static final double OFFSET_PRIOR =
            NOISE * NOISE / (OFFSET_DEVIATION_SECONDS * OFFSET_DEVIATION_SECONDS);

    /// The modelled time, corrected.
    public double correct(double modelledSeconds) {
        return correction().of(modelledSeconds);
    }

    /// What was learnt as a factor and an offset.
    ///
    /// @param scale on the modelled time
    /// @param offsetSeconds added to that; negative where the model adds too much
    public record Correction(double scale, double offsetSeconds) {

        /// The modelled time, corrected, within what observation may change.
        public double of(double modelledSeconds) {
            return Math.clamp(
                    offsetSeconds + scale * modelledSeconds,
                    LEAST * modelledSeconds,
                    MOST * modelledSeconds + OFFSET_MAX_SECONDS);
        }
    }

    /// The least-squares fit.
    public Correction correction() {
        double a = weight + OFFSET_PRIOR;
        double b = model;
        double d = modelSquares + SCALE_PRIOR;
        double right0 = observed;
        double right1 = products + SCALE_PRIOR;
        double determinant = a * d - b * b;
        double offset = (right0 * d - right1 * b) / determinant;
        double scale = (a * right1 - b * right0) / determinant;
        return new Correction(scale, offset);
    }

    /// How far the corrected mean may be from the true one, standard deviation in seconds: the
    /// samples' own scatter through the normal equations. None while nothing was learnt.
    ///
    /// Below the time that is known best it is the deviation there, so that a margin of it never
    /// shrinks as load grows; and a corrected model is known no worse than a plain one.
    public double deviationSeconds(double modelledSeconds) {
        return deviation(modelledSeconds, correction(), scatter());
    }

    private double deviation(double modelledSeconds, Correction fit, double scatter) {
        if (weight == 0) {
            return 0;
        }
        double a = weight + OFFSET_PRIOR;
        double b = model;
        double d = modelSquares + SCALE_PRIOR;
        double x = Math.max(modelledSeconds, b / a);
        double leverage = (d - 2 * b * x + a * x * x) / (a * d - b * b);
        return Math.min(
                scatter * StrictMath.sqrt(leverage), MODEL_DEVIATION * fit.of(modelledSeconds));
    }

    /// Relative deviation of samples from the fit. The prior's noise counts as one sample more.
    private double scatter() {
        var fit = correction();
        double scale = fit.scale();
        double offset = fit.offsetSeconds();
        double squares =
                samples
                        - 2 * (offset * observed + scale * products)
                        + offset * offset * weight
                        + 2 * offset * scale * model
                        + scale * scale * modelSquares;
        return StrictMath.sqrt((NOISE * NOISE + Math.max(0, squares)) / (1 + samples));
    }

    /// A modelled time, corrected, with what a margin must grow by for it, seconds. Errors of the
    /// demand and of the correction do not depend on each other, so they add in squares: of the
    /// margin that demand has already, only what the two together exceed it by is added.
    ///
    /// @param deviations of the correction's mean that are planned for
    /// @param margin of the demand, share
    DoubleUnaryOperator guarded(double deviations, double margin) {
        var fit = correction();
        double scatter = scatter();
        return modelled -> {
            double mean = fit.of(modelled);
            double unsure = deviations * deviation(modelled, fit, scatter);
            return (mean + StrictMath.hypot(margin * mean, unsure)) / (1 + margin);
        };
    }

    /// Factor on the model, most of it learnt; for reports.
    public double scale() {
        return correction().scale();
    }

    /// Seconds added to the scaled model; for reports.
    public double offsetSeconds() {
        return correction().offsetSeconds();
    }

    /// Learns from one sample. One far from what is believed is refused until such samples have
    /// become the rule. Anything but two positive finite numbers teaches nothing.
    public Residual learn(double modelledSeconds, double observedSeconds) {
        return learn(modelledSeconds, observedSeconds, NOISE);
    }

    /// The same from a sample of another precision. One that is known better than most is no
    /// straggler, however far from what is believed it is.
    ///
    /// @param noise its relative deviation
    Residual learn(double modelledSeconds, double observedSeconds, double noise) {
        double ratio = observedSeconds / modelledSeconds;
        if (!(ratio > 0 && ratio < Double.POSITIVE_INFINITY && modelledSeconds > 0)) {
            return this;
        }
        double miss = Math.abs(observedSeconds / correct(modelledSeconds) - 1);
        boolean precise = noise < NOISE;
        boolean far = miss > GATE;
        if (far && refusals < (precise ? PRECISE_REFUSALS_MAX : REFUSALS_MAX)) {
            return new Residual(
                    weight, model, modelSquares, observed, products, refusals + 1, samples);
        }
        double trust = precise ? 1 : NOISE / Math.max(NOISE, miss);
        double precision = NOISE / noise;
        double w = precision * precision * trust / (observedSeconds * observedSeconds);
        return new Residual(
                MEMORY * weight + w,
                MEMORY * model + w * modelledSeconds,
                MEMORY * modelSquares + w * modelledSeconds * modelledSeconds,
                MEMORY * observed + w * observedSeconds,
                MEMORY * products + w * modelledSeconds * observedSeconds,
                far ? refusals : 0,
                MEMORY * samples + precision * precision * trust);
    }
}
