package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherStatus;

/// What sessions write beside the fleet.
interface Notes {

    void status(RateMatcher matcher, RateMatcherStatus status);

    void event(RateMatcher matcher, boolean warning, String reason, String text);

    /// Where each cycle is written whole.
    Journals journals();
}
