package dev.ratematch.controller.telemetry.dialect;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All dialects that are understood, and the choice among them. Immutable.
public final class Catalogue {

    /// Leaves the choice of the engine to what pods expose.
    public static final String AUTO = "auto";

    private static final Catalogue SHIPPED = new Catalogue(CatalogueReader.shipped(), AUTO);

    private final List<Dialect> dialects;
    private final String engine;
    private final Map<String, Dialect> byName = new HashMap<>();

    /// A catalogue of these dialects.
    ///
    /// @param engine name of the engine whose dialect pods speak, or `auto`
    public Catalogue(List<Dialect> dialects, String engine) {
        this.dialects = List.copyOf(dialects);
        this.engine = engine;
        if (!engine.equals(AUTO) && !engines().contains(engine)) {
            throw new IllegalArgumentException(
                    "engine (%s) must be %s or one of %s."
                            .formatted(engine, AUTO, String.join(", ", engines())));
        }
        for (var dialect : dialects) {
            dialect.names().forEach(name -> byName.put(name, dialect));
        }
    }

    /// What comes with the product; every pod's engine is found from what it exposes.
    public static Catalogue shipped() {
        return SHIPPED;
    }

    /// The same for pods of one engine, by name, or `auto`.
    public Catalogue engine(String name) {
        return new Catalogue(dialects, name);
    }

    /// The names of the engines.
    public List<String> engines() {
        return dialects.stream()
                .filter(d -> d.kind() == Dialect.Kind.ENGINE)
                .map(Dialect::name)
                .toList();
    }

    /// The dialects, in order.
    public List<Dialect> dialects() {
        return dialects;
    }

    /// The same with names that a site has changed.
    ///
    /// @param names from a fact (`running`, or `vllm/running` for one dialect) to the metric that
    ///   tells it, `name{label="value"}`, in the type and unit of the dialect's own; or from a
    ///   prefix with an asterisk to another (`dynamo_frontend_*` to `nim_*`)
    public Catalogue renamed(Map<String, String> names) {
        var changed = dialects;
        for (var entry : new LinkedHashMap<>(names).entrySet()) {
            String from = entry.getKey();
            var before = changed;
            changed =
                    before.stream()
                            .map(
                                    d ->
                                            from.endsWith("*")
                                                    ? prefixed(d, from, entry.getValue())
                                                    : told(d, from, entry.getValue()))
                            .toList();
            if (changed.equals(before)) {
                throw new IllegalArgumentException(
                        "metrics.%s renames nothing; write a fact (%s), dialect/fact or a prefix*."
                                .formatted(from, facts()));
            }
        }
        return new Catalogue(changed, engine);
    }

    /// The spellings other than its own in which names that it reads are found.
    public List<Respelling> respelled(Collection<String> seen) {
        return Respelling.among(dialects.stream().filter(this::chosen).toList(), seen);
    }

    private static String facts() {
        return List.of(Fact.values()).stream().map(Fact::label).collect(Collectors.joining(", "));
    }

    private static Dialect prefixed(Dialect dialect, String from, String to) {
        String prefix = from.substring(0, from.length() - 1);
        if (!dialect.prefixes().contains(prefix)) {
            return dialect;
        }
        String other = to.endsWith("*") ? to.substring(0, to.length() - 1) : to;
        var prefixes = new ArrayList<>(dialect.prefixes());
        prefixes.add(1, other);
        return dialect.with(prefixes, dialect.rows());
    }

    private static Dialect told(Dialect dialect, String key, String metric) {
        int slash = key.indexOf('/');
        String fact = key.substring(slash + 1);
        if (slash >= 0 && !key.substring(0, slash).equals(dialect.name())) {
            return dialect;
        }
        var reference = Reference.parse(metric);
        var rows = new ArrayList<Row>();
        boolean changed = false;
        for (var row : dialect.rows()) {
            boolean wanted = row.fact().label().equals(fact);
            changed |= wanted;
            rows.add(wanted ? row.with(told(row.metric(), reference)) : row);
        }
        return changed ? dialect.with(dialect.prefixes(), rows) : dialect;
    }

    private static Metric told(Metric metric, Reference by) {
        return new Metric(
                metric.type(),
                by,
                metric.over(),
                metric.times(),
                metric.labels(),
                metric.maxOver(),
                metric.scale(),
                metric.lazy());
    }

    /// Whether a sample of this name is read.
    public boolean reads(String sample) {
        return byName.containsKey(sample);
    }

    /// Whether a sample of this name only grows while its process lives.
    public boolean counter(String sample) {
        var dialect = byName.get(sample);
        return dialect != null && dialect.counter(sample);
    }

    /// Every sample name that pods of this kind are read for, sorted.
    public List<String> names(Source source) {
        var names = new TreeSet<String>();
        for (var dialect : dialects) {
            if (dialect.of(source) && chosen(dialect)) {
                names.addAll(dialect.names());
            }
        }
        return List.copyOf(names);
    }

    private boolean chosen(Dialect dialect) {
        return dialect.kind() != Dialect.Kind.ENGINE
                || engine.equals(AUTO)
                || engine.equals(dialect.name());
    }

    /// Which dialects a pod speaks that exposes samples of these names: of engines the one with the
    /// most names known, and what wraps it.
    public Detection detect(Collection<String> samples, Source source) {
        var hits = new LinkedHashMap<Dialect, Integer>();
        for (String sample : samples) {
            var dialect = byName.get(sample);
            if (dialect != null && dialect.of(source)) {
                hits.merge(dialect, 1, Integer::sum);
            }
        }
        @Nullable Dialect best = null;
        var wrappers = new ArrayList<Dialect>();
        for (var dialect : dialects) {
            int seen = hits.getOrDefault(dialect, 0);
            if (dialect.kind() == Dialect.Kind.WRAPPER && seen > 0) {
                wrappers.add(dialect);
            } else if (chosen(dialect) && seen > (best == null ? 0 : hits.getOrDefault(best, 0))) {
                best = dialect;
            }
        }
        var spoken = new ArrayList<Dialect>();
        if (best != null) {
            spoken.add(best);
        }
        spoken.addAll(wrappers);
        return new Detection(spoken, reason(spoken, hits, source));
    }

    private String reason(List<Dialect> spoken, Map<Dialect, Integer> hits, Source source) {
        var others =
                hits.keySet().stream()
                        .filter(d -> !spoken.contains(d))
                        .map(d -> "%d of %s".formatted(hits.get(d), d.title()))
                        .collect(Collectors.joining(", "));
        if (spoken.isEmpty()) {
            return others.isEmpty()
                    ? "it exposes no metric that a %s is known by".formatted(source.label())
                    : "engine is set to %s, but it exposes %s; set engine to %s"
                            .formatted(engine, others, AUTO);
        }
        String found =
                spoken.stream()
                        .map(d -> "%s by %d sample names".formatted(d.title(), hits.get(d)))
                        .collect(Collectors.joining(", "));
        return others.isEmpty() ? found : "%s; left aside: %s".formatted(found, others);
    }
}
