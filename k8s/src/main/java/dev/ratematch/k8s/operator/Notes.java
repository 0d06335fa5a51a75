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

    void event(RateMatcher matcher, boolean warning, String reason, String text);

    /// Where each cycle is written whole.
    Journals journals();
}
