package dev.ratematch.controller.capacity;

/// How long one decode step takes on one replica.
@FunctionalInterface
public interface DecodeLaw {

    /// Seconds of one step.
    ///
    /// @param sequences sequences in the batch
    /// @param residentTokens KV tokens that they attend to, in total
    double stepSeconds(double sequences, double residentTokens);
}
