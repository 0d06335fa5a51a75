package dev.ratematch.harness.engines;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// One request to be sent.
///
/// @param atSeconds when, from the start of the load
/// @param inputTokens ISL
/// @param outputTokens OSL, which the engine is made to keep to
record Call(double atSeconds, int inputTokens, int outputTokens) {

    static final int INPUT_MIN = 500;
    static final int INPUT_MAX = 2000;
    static final int OUTPUT_MIN = 50;
    static final int OUTPUT_MAX = 200;

    /// Poisson arrivals of uniform lengths.
    ///
    /// @param perSecond mean rate
    /// @param seconds length of the load
    static List<Call> poisson(double perSecond, double seconds, long seed) {
        var random = new SplittableRandom(seed);
        var calls = new ArrayList<Call>();
        for (double at = random.nextExponential() / perSecond;
                at < seconds;
                at += random.nextExponential() / perSecond) {
            calls.add(
                    new Call(
                            at,
                            random.nextInt(INPUT_MIN, INPUT_MAX + 1),
                            random.nextInt(OUTPUT_MIN, OUTPUT_MAX + 1)));
        }
        return calls;
    }
}
