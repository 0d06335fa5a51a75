package dev.ratematch.controller.capacity;

/// The step-time laws of both roles, whoever knows them: the cost model, or in a judge's hand the
/// simulated cluster itself.
///
/// @param local prefill iterations on a decode replica, for prompts that are not sent to prefill
public record Laws(PrefillLaw prefill, DecodeLaw decode, PrefillLaw local) {

    /// Laws where a decode replica prefills as a prefill replica does.
    public Laws(PrefillLaw prefill, DecodeLaw decode) {
        this(prefill, decode, prefill);
    }
}
