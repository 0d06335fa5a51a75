package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.telemetry.dialect.Dialect;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Metric;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// One body and what it is written in.
record Voice(Scrape scrape, List<Dialect> dialects) {

    /// The metrics by which it tells a fact, to be added up; empty when it does not. Of dialects
    /// the first that tells it whole.
    List<Metric> telling(Fact fact, Source source, Predicate<Metric> kind) {
        for (var dialect : dialects) {
            var terms = dialect.metrics(fact, source);
            var found = new ArrayList<Metric>(terms.size());
            for (var choice : terms) {
                for (var metric : choice) {
                    if (kind.test(metric) && metric.in(scrape::has)) {
                        found.add(metric);
                        break;
                    }
                }
            }
            if (!terms.isEmpty() && found.size() == terms.size()) {
                return found;
            }
        }
        return List.of();
    }
}
