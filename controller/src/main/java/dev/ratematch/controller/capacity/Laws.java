package dev.ratematch.controller.capacity;

/// The step-time laws of both roles, whoever knows them: the cost model, or in a judge's hand the
/// simulated cluster itself.
///
/// @param prefill from an iteration's begin to its first tokens, through all stages of a pipeline
/// @param local prefill iterations on a decode replica, for prompts that are not sent to prefill
/// @param overlap iterations that a prefill replica has under way at once, at least 1: a pipeline
///   begins the next one as soon as its slowest stage is free
public record Laws(PrefillLaw prefill, DecodeLaw decode, PrefillLaw local, double overlap) {

    public Laws {
        if (!(overlap >= 1)) {
            throw new IllegalArgumentException(
                    "overlap (%s) must be at least 1 iteration.".formatted(overlap));
        }
    }

    /// Laws of prefill replicas without a pipeline.
    public Laws(PrefillLaw prefill, DecodeLaw decode, PrefillLaw local) {
        this(prefill, decode, local, 1);
    }

    /// The same where a decode replica prefills as a prefill replica does.
    public Laws(PrefillLaw prefill, DecodeLaw decode) {
        this(prefill, decode, prefill);
    }

    /// How long after an iteration's begin the next one can begin: where nothing overlaps, when it
    /// has ended.
    PrefillLaw cadence() {
        return (tokens, squares) -> prefill.iterationSeconds(tokens, squares) / overlap;
    }
}
