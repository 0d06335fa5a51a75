package dev.ratematch.controller.host;

import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Queries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a Prometheus knows its targets by, for whoever has to write selectors.
///
/// @param atSeconds on its clock
record Labels(Queries queries, double atSeconds) {

    private static final int SHOWN_MAX = 20;

    /// Labels of targets that tell pods apart; a role is often one of the last ones.
    private static final List<String> TARGET =
            List.of("namespace", "pod", "instance", "job", "service", "container", "role");

    /// Whether anything is scraped at all.
    boolean any() {
        return queries.targets(atSeconds) instanceof Found(var series, _) && !series.isEmpty();
    }

    /// The targets that expose an engine's metrics, as matchers of their labels, one line each.
    List<String> engines() {
        var names = new TreeSet<String>();
        for (var dialect : Catalogue.shipped().dialects()) {
            for (var role : List.of(Source.PREFILL, Source.DECODE, Source.FRONTEND)) {
                for (var fact : List.of(Fact.RUNNING, Fact.TTFT, Fact.STARTED)) {
                    dialect.metrics(fact, role)
                            .forEach(term -> term.forEach(m -> names.add(m.of().name())));
                }
            }
        }
        var every = new ArrayList<String>();
        names.forEach(name -> every.addAll(List.of(name, name + "_count")));
        var found = queries.labels(TARGET, every, atSeconds);
        if (!(found instanceof Found(var series, _))) {
            return List.of();
        }
        var lines = new TreeSet<String>();
        series.forEach(one -> lines.add(matchers(one.labels())));
        var shown = new ArrayList<String>();
        lines.stream().limit(SHOWN_MAX).forEach(shown::add);
        if (lines.size() > SHOWN_MAX) {
            shown.add("and %d more".formatted(lines.size() - SHOWN_MAX));
        }
        return shown;
    }

    private static String matchers(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(e -> "%s=\"%s\"".formatted(e.getKey(), e.getValue()))
                        .collect(Collectors.joining(","));
    }
}
