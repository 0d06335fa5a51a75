package dev.ratematch.controller.core;

/// The queue that pools are left with, as they should work it off: what stood there at first, with
/// what comes and without what they finish. It is never read again, so that pools which carry less
/// than was said of them do not have their queue for an excuse.
///
/// @param requests that wait
public record Drain(double requests) {

    /// What waits after a while.
    ///
    /// @param came requests per second
    /// @param most requests per second that the pools finish
    public Drain after(double came, double most, double seconds) {
        return new Drain(Math.max(0, requests + (came - most) * seconds));
    }

    /// What waits on average meanwhile.
    public double mean(double came, double most, double seconds) {
        double end = requests + (came - most) * seconds;
        if (end >= 0) {
            return (requests + end) / 2;
        }
        double emptySeconds = requests / (most - came);
        return requests / 2 * emptySeconds / seconds;
    }
}
