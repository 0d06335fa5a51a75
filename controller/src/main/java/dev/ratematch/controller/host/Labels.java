package dev.ratematch.controller.host;

import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Respelling;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Outcome;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import dev.ratematch.controller.telemetry.prometheus.Queries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a Prometheus knows its targets by, for whoever has to write selectors.
///
/// @param atSeconds on its clock
record Labels(Queries queries, double atSeconds) {

    private static final int SHOWN_MAX = 20;

    /// Labels of targets that tell pods apart, in their spellings; a role is often one of the last.
    private static final List<String> TARGET =
            List.of(
                    "cluster",
                    "namespace",
                    "exported_namespace",
                    "kubernetes_namespace",
                    "pod",
                    "exported_pod",
                    "pod_name",
                    "kubernetes_pod_name",
                    "k8s_pod_name",
                    "instance",
                    "job",
                    "service",
                    "container",
                    "role");

    /// Facts whose metrics every engine and frontend has one of.
    private static final List<Fact> ENGINES = List.of(Fact.RUNNING, Fact.TTFT, Fact.STARTED);

    /// Facts that a spelling shows by.
    private static final List<Fact> MORE =
            List.of(
                    Fact.RUNNING,
                    Fact.WAITING,
                    Fact.KV_USED,
                    Fact.TTFT,
                    Fact.FIRST_TOKEN,
                    Fact.STARTED,
                    Fact.INPUT_TOKENS,
                    Fact.OUTPUT_TOKENS);

    /// Whether anything is scraped at all.
    boolean any() {
        return queries.targets(atSeconds) instanceof Found(var series, _) && !series.isEmpty();
    }

    /// The targets that expose an engine's metrics, as matchers of their labels, one line each.
    List<String> engines() {
        var every = new ArrayList<String>();
        names(ENGINES).forEach(name -> every.addAll(List.of(name, name + "_count")));
        var lines = lines(queries.labels(TARGET, every, atSeconds));
        return lines.isEmpty() ? respelled() : lines;
    }

    private static SortedSet<String> names(List<Fact> facts) {
        var names = new TreeSet<String>();
        for (var dialect : Catalogue.shipped().dialects()) {
            for (var role : List.of(Source.PREFILL, Source.DECODE, Source.FRONTEND)) {
                for (var fact : facts) {
                    dialect.metrics(fact, role)
                            .forEach(term -> term.forEach(m -> names.add(m.of().name())));
                }
            }
        }
        return names;
    }

    /// The same under a site's own prefix, and what it is.
    private List<String> respelled() {
        var ends = new TreeSet<String>();
        names(MORE).forEach(name -> ends.add(name.replaceAll("^[a-z]+[:_]", "")));
        String like = ".+[:_](%s)(_count)?(_.+)?".formatted(String.join("|", ends));
        String matcher = "__name__=~\"%s\"".formatted(like);
        var all = queries.grouped(List.of("__name__"), matcher, atSeconds);
        var spellings =
                all instanceof Found(var series, _)
                        ? Catalogue.shipped()
                                .respelled(series.stream().map(RawSeries::name).toList())
                        : List.<Respelling>of();
        if (spellings.isEmpty()) {
            return List.of();
        }
        var lines = new ArrayList<>(lines(queries.grouped(TARGET, matcher, atSeconds)));
        spellings.forEach(one -> lines.add("note: " + one.text()));
        return lines;
    }

    private static List<String> lines(Outcome found) {
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
