package dev.ratematch.harness.plant;

import dev.ratematch.costmodel.units.Check;

/// Speculation of the decode engines: every step verifies some drafts beside the certain token of
/// each sequence, and yields several tokens of it. The time of a step grows by what that costs:
///
/// `floor * (1 + drafting * k) + perSequence * (1 + verifying * k) * sequences + perResident * (1 +
/// attending * k) * resident tokens`, with `k` drafts.
///
/// @param draftTokens drafts of a step and sequence; 0 without speculation
/// @param acceptLength tokens that a step yields of a sequence on average, the certain one included
/// @param drafting cost of making one draft, as a share of the floor of a step
/// @param verifying computing of one draft, as a share of a token's
/// @param attending attention of one draft, as a share of a token's: KV is read once for all of
///   them
public record Speculation(
        int draftTokens, double acceptLength, double drafting, double verifying, double attending) {

    /// One token a step.
    public static final Speculation NONE = new Speculation(0, 1, 0, 0, 0);

    /// A draft head of one layer and the vocabulary: of Llama-3.1-70B 0.86 of 70.6 billion weights
    /// in the layer and 1.05 in the head are read for each draft.
    private static final double DRAFTING = 0.027;

    /// A draft is a token like any other to the linear layers.
    private static final double VERIFYING = 1;

    /// Of attention over KV that is read once, what queries beyond the first add. An assumption: no
    /// public measurement separates it.
    private static final double ATTENDING = 0.1;

    public Speculation {
        Check.atLeast("draftTokens", draftTokens, 0);
        Check.within("acceptLength", acceptLength, 1, 1.0 + draftTokens);
        Check.finiteAtLeast("drafting", drafting, 0);
        Check.finiteAtLeast("verifying", verifying, 0);
        Check.finiteAtLeast("attending", attending, 0);
    }

    /// At its cost.
    public static Speculation of(int draftTokens, double acceptLength) {
        return new Speculation(draftTokens, acceptLength, DRAFTING, VERIFYING, ATTENDING);
    }

    /// The same were it free: what a model says that divides a step by the accept length.
    public Speculation free() {
        return new Speculation(draftTokens, acceptLength, 0, 0, 0);
    }

    /// Steps of an engine with it.
    StepTimes steps(StepTimes plain) {
        return new StepTimes(
                plain.prefillFloor(),
                plain.perToken(),
                plain.perSquare(),
                plain.decodeFloor() * (1 + drafting * draftTokens),
                plain.perSequence() * (1 + verifying * draftTokens),
                plain.perResident() * (1 + attending * draftTokens));
    }

    /// Time that each token of a sequence takes.
    StepTimes perToken(StepTimes plain) {
        var step = steps(plain);
        return new StepTimes(
                step.prefillFloor(),
                step.perToken(),
                step.perSquare(),
                step.decodeFloor() / acceptLength,
                step.perSequence() / acceptLength,
                step.perResident() / acceptLength);
    }
}
