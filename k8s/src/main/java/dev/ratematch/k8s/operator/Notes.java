package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;
import java.util.Optional;

/// What sessions write beside the fleet.
interface Notes {

    void status(RateMatcher matcher, RateMatcherStatus status);

    /// What an earlier process kept for the next start.
    ///
    /// @throws RefusedException when it must not be read
    Optional<String> recall(RateMatcher matcher);

    /// Keeps what the next start goes on from. Returns whether nothing was there to be replaced.
    ///
    /// @throws RefusedException when it must not be written
    boolean keep(RateMatcher matcher, String memory);

    /// The switches that an earlier process had begun, as they were kept; empty for none.
    ///
    /// @throws RefusedException when they must not be read
    Optional<String> switches(RateMatcher matcher);

    /// Keeps the switches that are under way, before one goes a step further.
    ///
    /// @throws RefusedException when they must not be written
    void keepSwitches(RateMatcher matcher, String switches);

    void event(RateMatcher matcher, boolean warning, String reason, String text);

    /// Where each cycle is written whole.
    Journals journals();
}
