package dev.ratematch.harness.foreign;

/// Mixes that a site is asked for.
///
/// @param prompts the phase in which prefill has the most to do
/// @param answers the phase in which decode has
/// @param calm where nothing turns
record Lengths(Mix prompts, Mix answers, Mix calm) {

    static final Lengths USUAL =
            new Lengths(new Mix(6000, 150), new Mix(500, 1000), new Mix(2000, 300));
    static final Lengths LONG =
            new Lengths(new Mix(15_000, 250), new Mix(2500, 900), new Mix(8000, 400));
    static final Lengths SHORT =
            new Lengths(new Mix(1800, 60), new Mix(250, 350), new Mix(700, 150));
}
