package dev.ratematch.controller.core;

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
public record Residual(
        double weight,
        double model,
        double modelSquares,
        double observed,
        double products,
        int refusals) {

    /// The model as it is.
    public static final Residual NONE = new Residual(0, 0, 0, 0, 0, 0);

    /// The least and the largest factor on a modelled time, whatever is observed; above the largest
    /// there may be an offset besides.
    public static final double LEAST = 0.25;

    /// See `LEAST`.
    public static final double MOST = 4;

    /// Largest offset: engines add some 25 ms to a prefill iteration in public telemetry.
    static final double OFFSET_MAX_SECONDS = 0.06;

    private static final double MEMORY = 0.995;
    private static final double GATE = 0.6;
    private static final int REFUSALS_MAX = 4;

    /// Relative noise of a sample, and what the prior allows scale and offset.
    private static final double NOISE = 0.1;

    private static final double SCALE_DEVIATION = 0.5;
    private static final double OFFSET_DEVIATION_SECONDS = 0.02;

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
        double scalePrior = NOISE * NOISE / (SCALE_DEVIATION * SCALE_DEVIATION);
        double offsetPrior = NOISE * NOISE / (OFFSET_DEVIATION_SECONDS * OFFSET_DEVIATION_SECONDS);
        double a = weight + offsetPrior;
        double b = model;
        double d = modelSquares + scalePrior;
        double right0 = observed;
        double right1 = products + scalePrior;
        double determinant = a * d - b * b;
        double offset = (right0 * d - right1 * b) / determinant;
        double scale = (a * right1 - b * right0) / determinant;
        return new Correction(scale, offset);
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
        double ratio = observedSeconds / modelledSeconds;
        if (!(ratio > 0 && ratio < Double.POSITIVE_INFINITY && modelledSeconds > 0)) {
            return this;
        }
        double miss = Math.abs(observedSeconds / correct(modelledSeconds) - 1);
        boolean far = miss > GATE;
        if (far && refusals < REFUSALS_MAX) {
            return new Residual(weight, model, modelSquares, observed, products, refusals + 1);
        }
        double trust = NOISE / Math.max(NOISE, miss);
        double w = trust / (observedSeconds * observedSeconds);
        return new Residual(
                MEMORY * weight + w,
                MEMORY * model + w * modelledSeconds,
                MEMORY * modelSquares + w * modelledSeconds * modelledSeconds,
                MEMORY * observed + w * observedSeconds,
                MEMORY * products + w * modelledSeconds * observedSeconds,
                far ? refusals : 0);
    }
}
