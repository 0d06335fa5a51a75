package dev.ratematch.controller.capacity;

/// How long one prefill iteration takes on one replica.
@FunctionalInterface
public interface PrefillLaw {

    /// Seconds of one iteration.
    ///
    /// @param newTokens tokens computed in it, over all its requests
    /// @param squares sum over its requests of `S^2 - P^2`, where S tokens are in the cache after
    ///   the iteration and P were before it
    double iterationSeconds(double newTokens, double squares);
}
