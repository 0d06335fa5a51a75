package dev.ratematch.harness.prometheus;

import dev.ratematch.controller.telemetry.scrape.Answer;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/// Takes scrapes of simulated targets with the times at which they would have been taken.
@FunctionalInterface
public interface ScrapeLog {

    /// Adds one scrape of one target, later than those before it.
    ///
    /// @param job label of its job
    /// @param epochSeconds when it is taken, seconds since 1970
    void add(String job, Answer answer, double epochSeconds) throws IOException;

    /// The labels that every series of a target has.
    static Map<String, String> labels(String job, Answer answer) {
        var target = answer.target();
        return new TreeMap<>(
                Map.of(
                        "job",
                        job,
                        "role",
                        target.source().label(),
                        "pod",
                        target.pod(),
                        "instance",
                        target.pod() + ":8000"));
    }
}
