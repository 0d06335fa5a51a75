package dev.ratematch.harness.engines;

import java.util.List;

/// One request as its client saw it.
///
/// @param inputTokens tokens of its prompt
/// @param sentSeconds when it was sent, on the client's clock
/// @param tokenSeconds when each token came, on the same
/// @param failure why it did not end well; empty when it did
record Seen(int inputTokens, double sentSeconds, List<Double> tokenSeconds, String failure) {

    Seen {
        tokenSeconds = List.copyOf(tokenSeconds);
    }

    boolean completed() {
        return failure.isEmpty() && !tokenSeconds.isEmpty();
    }

    double ttftSeconds() {
        return tokenSeconds.getFirst() - sentSeconds;
    }

    /// From the first token to the last.
    double decodeSeconds() {
        return tokenSeconds.getLast() - tokenSeconds.getFirst();
    }
}
