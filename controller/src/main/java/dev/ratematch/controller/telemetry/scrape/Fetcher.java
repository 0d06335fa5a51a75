package dev.ratematch.controller.telemetry.scrape;

import java.util.List;

/// Gets one answer from every target. Failures are answers, never exceptions.
@FunctionalInterface
public interface Fetcher {

    /// The answers, in the order of the targets.
    List<Answer> fetch(List<Target> targets);
}
