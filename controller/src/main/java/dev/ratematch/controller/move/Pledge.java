package dev.ratematch.controller.move;

import dev.ratematch.controller.observe.Sizes;
import org.jspecify.annotations.Nullable;

/// What a move was begun against, kept until its effect has been seen, and longer where it had
/// none.
///
/// @param from replicas before it
/// @param to replicas at its end
/// @param before what was measured when it began
/// @param ended null while it goes on
/// @param refuted whether it was seen to have had no effect
public record Pledge(
        Sizes from, Sizes to, Measured before, @Nullable Ended ended, boolean refuted) {

    /// The completion of a move.
    ///
    /// @param atSeconds when
    /// @param queued requests waiting then, in both pools
    public record Ended(double atSeconds, double queued) {}

    /// How things stood.
    ///
    /// @param requestsPerSecond that came
    /// @param inputTokens mean ISL
    /// @param outputTokens mean OSL
    /// @param ttftSeconds mean; null unless it was over what the promise allows
    /// @param itlSeconds mean; null unless it was over its promise
    /// @param queued requests waiting; null unless more than the promise lets wait
    public record Measured(
            double requestsPerSecond,
            double inputTokens,
            double outputTokens,
            @Nullable Double ttftSeconds,
            @Nullable Double itlSeconds,
            @Nullable Double queued) {

        /// Whether anything was broken.
        public boolean broken() {
            return ttftSeconds != null || itlSeconds != null || queued != null;
        }

        /// Whether as much and as long requests come as in another, but for a share.
        public boolean likeIn(Measured other, double share) {
            return like(requestsPerSecond, other.requestsPerSecond, share)
                    && like(inputTokens, other.inputTokens, share)
                    && like(outputTokens, other.outputTokens, share);
        }

        private static boolean like(double one, double other, double share) {
            return Math.abs(one - other) <= share * other;
        }
    }

    /// The same once the move is complete.
    public Pledge ended(Sizes end, Ended at) {
        return new Pledge(from, end, before, at, refuted);
    }

    /// The same once it was seen to have had no effect; null for none.
    public static @Nullable Pledge withoutEffect(@Nullable Pledge pledge) {
        return pledge == null
                ? null
                : new Pledge(pledge.from, pledge.to, pledge.before, pledge.ended, true);
    }
}
