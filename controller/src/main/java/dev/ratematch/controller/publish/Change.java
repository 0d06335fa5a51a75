package dev.ratematch.controller.publish;

/// What happened to one RateMatcher's recommendation.
public sealed interface Change {

    /// Of the RateMatcher.
    String namespace();

    /// Of the RateMatcher.
    String name();

    /// There is a recommendation, a new one or the last good one grown stale.
    record Published(Recommended recommended) implements Change {

        @Override
        public String namespace() {
            return recommended.namespace();
        }

        @Override
        public String name() {
            return recommended.name();
        }
    }

    /// The RateMatcher is gone, and its recommendation with it.
    record Removed(String namespace, String name) implements Change {}
}
