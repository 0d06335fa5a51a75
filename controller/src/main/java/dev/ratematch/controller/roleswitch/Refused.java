package dev.ratematch.controller.roleswitch;

/// An instance that is left alone for a while.
///
/// @param untilSeconds when it may be tried again
/// @param times in a row that it did not switch; the wait grows with them
public record Refused(String instance, double untilSeconds, int times, Result last) {

    /// The first wait: about the time in which a load that was in the way changes.
    static final double FIRST_WAIT_SECONDS = 60;

    /// The longest wait: an engine that refuses all day is asked twice an hour.
    static final double LONGEST_WAIT_SECONDS = 1800;

    /// One more refusal.
    static Refused after(String instance, int timesBefore, Result result, double nowSeconds) {
        double wait = FIRST_WAIT_SECONDS * Math.pow(2, timesBefore);
        return new Refused(
                instance,
                nowSeconds + Math.min(LONGEST_WAIT_SECONDS, wait),
                timesBefore + 1,
                result);
    }
}
