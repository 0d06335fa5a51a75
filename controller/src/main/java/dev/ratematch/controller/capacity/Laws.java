package dev.ratematch.controller.capacity;

/// The step-time laws of both roles, whoever knows them: the cost model, or in a judge's hand the
/// simulated cluster itself.
public record Laws(PrefillLaw prefill, DecodeLaw decode) {}
