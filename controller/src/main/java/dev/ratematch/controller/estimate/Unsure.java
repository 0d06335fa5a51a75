package dev.ratematch.controller.estimate;

/// How far the work that is estimated may be from what comes, by the count of requests behind it
/// and the spread of their lengths: relative standard errors.
///
/// @param prefill of the tokens that prefill computes in a second
/// @param decode of the tokens that decode makes in a second
public record Unsure(double prefill, double decode) {

    /// Standard errors that chance explains.
    private static final double DEVIATIONS = 2;

    /// What is left at least of what was counted, however few that were.
    private static final double LEAST = 0.5;

    /// Factors on what is estimated.
    ///
    /// @param prefill on the work of prefill
    /// @param decode on that of decode
    public record Factors(double prefill, double decode) {}

    /// The most that chance may have hidden.
    public Factors most() {
        return new Factors(1 + DEVIATIONS * prefill, 1 + DEVIATIONS * decode);
    }

    /// The least that chance may have made so much of.
    public Factors least() {
        return new Factors(
                Math.max(LEAST, 1 - DEVIATIONS * prefill),
                Math.max(LEAST, 1 - DEVIATIONS * decode));
    }
}
