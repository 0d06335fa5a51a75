package dev.ratematch.controller.roleswitch;

import org.jspecify.annotations.Nullable;

/// What an instance has to do. What is unknown is null, and never idle.
///
/// @param running requests in the batch
/// @param waiting requests that wait for it, transfers included
/// @param unreadKv requests whose KV cache no decode instance has fetched; 0 for an engine that
///   counts them among the running or waiting
/// @param atSeconds when this was read, on the clock of the looks
public record Load(
        @Nullable Double running,
        @Nullable Double waiting,
        @Nullable Double unreadKv,
        double atSeconds) {

    /// Nothing could be read.
    public static Load unknown(double atSeconds) {
        return new Load(null, null, null, atSeconds);
    }

    /// Whether every part is known to be zero.
    public boolean idle() {
        var sum = requests();
        return sum != null && sum == 0;
    }

    /// All of it; null when a part is unknown.
    public @Nullable Double requests() {
        return running == null || waiting == null || unreadKv == null
                ? null
                : (Double) (running + waiting + unreadKv);
    }
}
