package dev.ratematch.controller.telemetry.dialect;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What one engine or gateway calls the facts.
public final class Dialect {

    private final String name;
    private final String title;
    private final Kind kind;
    private final String enable;
    private final List<String> prefixes;
    private final List<Row> rows;
    private final Map<Source, Map<Fact, List<List<Metric>>>> bySource = new EnumMap<>(Source.class);
    private final Set<String> names = new HashSet<>();
    private final Set<String> counters = new HashSet<>();

    /// What speaks it.
    public enum Kind {
        /// An inference engine: a pod has one.
        ENGINE,
        /// What runs beside an engine in the same process and adds to it.
        WRAPPER,
        /// What stands before the pods and sees requests whole.
        FRONTEND
    }

    /// A dialect of these rows.
    ///
    /// @param name used in settings
    /// @param title for people
    /// @param enable what makes it be exposed, for people
    /// @param prefixes of its metric names; rows use the first, the others stand for it
    public Dialect(
            String name,
            String title,
            Kind kind,
            String enable,
            List<String> prefixes,
            List<Row> rows) {
        this.name = name;
        this.title = title;
        this.kind = kind;
        this.enable = enable;
        this.prefixes = List.copyOf(prefixes);
        this.rows = List.copyOf(rows);
        for (var source : Source.values()) {
            bySource.put(source, facts(source));
        }
        for (var row : rows) {
            row.spellings(prefixes).forEach(this::index);
        }
    }

    private Map<Fact, List<List<Metric>>> facts(Source source) {
        var terms = new EnumMap<Fact, TreeMap<Integer, List<Metric>>>(Fact.class);
        for (var row : rows) {
            if (row.roles().contains(source)) {
                terms.computeIfAbsent(row.fact(), _ -> new TreeMap<>())
                        .computeIfAbsent(row.term(), _ -> new ArrayList<>())
                        .addAll(row.spellings(prefixes));
            }
        }
        var facts = new EnumMap<Fact, List<List<Metric>>>(Fact.class);
        terms.forEach((fact, byTerm) -> facts.put(fact, List.copyOf(byTerm.values())));
        return facts;
    }

    private void index(Metric metric) {
        if (metric.type() == Metric.Type.HISTOGRAM) {
            for (String suffix : List.of("_bucket", "_sum", "_count")) {
                names.add(metric.of().name() + suffix);
            }
        } else {
            names.add(metric.of().name());
        }
        metric.over().forEach(r -> names.add(r.name()));
        metric.times().forEach(r -> names.add(r.name()));
        if (metric.type() == Metric.Type.COUNTER) {
            counters.add(metric.of().name());
            metric.over().forEach(r -> counters.add(r.name()));
        }
    }

    /// The name used in settings.
    public String name() {
        return name;
    }

    /// The name for people.
    public String title() {
        return title;
    }

    /// What speaks it.
    public Kind kind() {
        return kind;
    }

    /// What makes it be exposed, for people.
    public String enable() {
        return enable;
    }

    /// The same with other prefixes or lines.
    Dialect with(List<String> otherPrefixes, List<Row> otherRows) {
        return new Dialect(name, title, kind, enable, otherPrefixes, otherRows);
    }

    /// The lines of the catalogue, in order.
    public List<Row> rows() {
        return rows;
    }

    /// The prefixes of its metric names.
    List<String> prefixes() {
        return prefixes;
    }

    /// Every sample name that is read, suffixes included.
    public Set<String> names() {
        return Set.copyOf(names);
    }

    /// Whether this sample name is read.
    boolean reads(String sample) {
        return names.contains(sample);
    }

    /// Whether this sample name is a counter's.
    boolean counter(String sample) {
        return counters.contains(sample);
    }

    /// Whether pods of this kind speak it.
    public boolean of(Source source) {
        return !bySource.getOrDefault(source, Map.of()).isEmpty();
    }

    /// How a pod tells a fact: terms to be added up, each a choice of metrics of which the first
    /// that is exposed counts. Empty when it cannot.
    public List<List<Metric>> metrics(Fact fact, Source source) {
        return bySource.getOrDefault(source, Map.of()).getOrDefault(fact, List.of());
    }

    @Override
    public String toString() {
        return name;
    }
}
