package dev.ratematch.harness.plant;

import dev.ratematch.costmodel.units.Check;

/// How long one iteration of a real engine takes, fitted to measurements and to nothing of the
/// planner's.
///
/// Prefill: `floor + perToken * tokens + perSquare * sum(S^2 - P^2)`. Decode: `floor + perSequence
/// * sequences + perResident * resident KV tokens`. All in seconds.
///
/// @param prefillFloor engine overhead of a prefill iteration, seconds
/// @param perToken seconds per prompt token
/// @param perSquare seconds per squared token of attention
/// @param decodeFloor step time of an empty batch, mostly reading weights, seconds
/// @param perSequence seconds per sequence in the batch
/// @param perResident seconds per KV token attended to
public record StepTimes(
        double prefillFloor,
        double perToken,
        double perSquare,
        double decodeFloor,
        double perSequence,
        double perResident) {

    public StepTimes {
        Check.finiteAtLeast("prefillFloor", prefillFloor, 0);
        Check.positive("perToken", perToken);
        Check.finiteAtLeast("perSquare", perSquare, 0);
        Check.positive("decodeFloor", decodeFloor);
        Check.finiteAtLeast("perSequence", perSequence, 0);
        Check.finiteAtLeast("perResident", perResident, 0);
    }

    /// Seconds of one prefill iteration.
    ///
    /// @param tokens new tokens over all its requests
    /// @param squares sum over its requests of `S^2 - P^2`
    public double prefillSeconds(double tokens, double squares) {
        return prefillFloor + perToken * tokens + perSquare * squares;
    }

    /// Seconds of one decode step.
    ///
    /// @param sequences sequences in the batch
    /// @param residentTokens KV tokens that they attend to, in total
    public double decodeSeconds(double sequences, double residentTokens) {
        return decodeFloor + perSequence * sequences + perResident * residentTokens;
    }
}
