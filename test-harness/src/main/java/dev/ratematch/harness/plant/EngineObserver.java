package dev.ratematch.harness.plant;

/// Is told of what happens in one engine, as it happens; here lies what engines count. Nobody may
/// change the plant from here.
public interface EngineObserver {

    /// Takes no notice.
    EngineObserver NONE = new EngineObserver() {};

    /// Prefill begins with a prompt; what its cache holds of it is known.
    default void prefillBegins(Job job) {}

    /// Prefill is done with a prompt.
    ///
    /// @param passNanos when the pass that ends now began
    default void prefilled(Job job, long nowNanos, long passNanos) {}

    /// The KV of a prompt has left.
    ///
    /// @param seconds that it was on its way
    default void kvSent(double seconds) {}

    /// The KV of a prompt has come here.
    ///
    /// @param seconds that it was on its way
    default void kvReceived(Job job, double seconds) {}

    /// The first token that the user sees is out.
    default void firstToken(Job job, long nanos) {}

    /// Decode steps have been made.
    ///
    /// @param tokens made in them
    /// @param gaps tokens of these that follow another one of their request
    /// @param gapSeconds mean time between two tokens of a sequence
    /// @param acceptLength tokens of a sequence that come out together; 1 without speculation
    default void tokensMade(long tokens, long gaps, double gapSeconds, double acceptLength) {}

    /// A sequence has lost its KV to others and will be computed again.
    default void preempted() {}

    /// Decode is done with a request.
    default void decoded(Job job, long nowNanos) {}
}
