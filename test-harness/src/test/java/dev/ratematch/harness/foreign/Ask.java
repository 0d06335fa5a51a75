package dev.ratematch.harness.foreign;

import org.jspecify.annotations.Nullable;

/// A request on its way: bound to a prefill replica when it arrives, to a decode replica after
/// prefill.
final class Ask {

    final double at;
    final int input;
    final int output;

    /// Prompt tokens that prefill has yet to do.
    int promptLeft;

    /// Where its KV is held until decode has taken over.
    @Nullable PrefillReplica holder;

    /// When its KV has reached decode.
    double movedAt;

    /// When the first token was told; meaningful from then on.
    double firstAt;

    /// Whether the first token was told.
    boolean told;

    /// Steps of its decode replica at which it ends.
    double endStep;

    Ask(Traffic.Arrival arrival) {
        this.at = arrival.at();
        this.input = arrival.input();
        this.output = arrival.output();
        this.promptLeft = arrival.input();
    }

    void tell(double now) {
        if (!told) {
            told = true;
            firstAt = now;
        }
    }
}
