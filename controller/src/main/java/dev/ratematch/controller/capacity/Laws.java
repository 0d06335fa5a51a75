package dev.ratematch.controller.capacity;

/// The step-time laws of both roles, whoever knows them: the cost model, or in a judge's hand the
/// simulated cluster itself.
public record Laws(PrefillLaw prefill, DecodeLaw decode) {

    /// The same laws, each scaled by an observed factor.
    public Laws scaled(double prefillScale, double decodeScale) {
        return new Laws(
                (tokens, squares) -> prefillScale * prefill.iterationSeconds(tokens, squares),
                (sequences, resident) -> decodeScale * decode.stepSeconds(sequences, resident));
    }
}
