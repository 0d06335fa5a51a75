package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Kind;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// What is asked of a store, in the form that it takes: many names by one regular expression, or
/// one by one where it refuses that, as Google's managed Prometheus does. Finds out by itself.
/// Confined to one thread.
public final class Queries {

    /// Looks between two searches for names that were not there. A new metric is found within
    /// minutes, and most looks ask for what is there only.
    private static final int LOOKS_BETWEEN_SEARCHES = 20;

    /// Queries at one time; fewer than a client lets pass.
    private static final int AT_ONE_TIME = 4;

    private static final String UP = "up";

    private final PrometheusSource source;
    private final Map<String, Known> known = new HashMap<>();
    private boolean oneByOne;

    /// Names that a selector finds.
    private static final class Known {
        final Set<String> names = new TreeSet<>();
        int looks;
    }

    /// Queries to a store.
    public Queries(PrometheusSource source) {
        this.source = source;
    }

    /// The time there, as one sample.
    public Outcome time() {
        var outcome = source.time();
        boolean told =
                !(outcome instanceof Found(var series, _))
                        || (!series.isEmpty()
                                && series.getFirst().values().length > 0
                                && Double.isFinite(series.getFirst().values()[0]));
        return told
                ? outcome
                : new Failed(
                        Kind.NO_PROMETHEUS,
                        "Prometheus does not tell its time; check the URL, something else may"
                                + " answer there");
    }

    /// Samples of these names, and of `up`, over the time before `atSeconds`.
    ///
    /// @param matchers of labels, without the name
    public Outcome samples(
            Collection<String> names, String matchers, double backSeconds, double atSeconds) {
        String range = "[%ds]".formatted((long) Math.ceil(backSeconds));
        var all = new LinkedHashSet<>(names);
        all.add(UP);
        if (!oneByOne) {
            var outcome =
                    source.query(
                            "{__name__=~\"%s\",%s}%s"
                                    .formatted(String.join("|", all), matchers, range),
                            atSeconds);
            if (!refused(outcome, matchers, atSeconds)) {
                return outcome;
            }
        }
        var there = known.computeIfAbsent(matchers, _ -> new Known());
        boolean search = there.looks++ % LOOKS_BETWEEN_SEARCHES == 0;
        var outcome = each(search ? all : Set.copyOf(there.names), matchers, range, atSeconds);
        if (outcome instanceof Found(var series, _)) {
            series.forEach(one -> there.names.add(one.name()));
        }
        there.names.add(UP);
        return outcome;
    }

    /// How many series these matchers find, as one sample; none when there is none.
    ///
    /// @param names that would do, where a name must be given
    public Outcome count(String matchers, Collection<String> names, double atSeconds) {
        if (!oneByOne) {
            var outcome = source.query("count({%s})".formatted(matchers), atSeconds);
            if (!refused(outcome, matchers, atSeconds)) {
                return outcome;
            }
        }
        var all = new LinkedHashSet<String>();
        all.add(UP);
        all.addAll(names);
        Outcome outcome = new Found(List.of());
        for (String name : all) {
            outcome = counted(name, matchers, atSeconds);
            if (!(outcome instanceof Found(var series, _)) || !series.isEmpty()) {
                return outcome;
            }
        }
        return outcome;
    }

    /// The label sets of series with these names.
    public Outcome labels(Collection<String> labels, Collection<String> names, double atSeconds) {
        String by = "count by (%s) ".formatted(String.join(",", labels));
        if (!oneByOne) {
            var outcome =
                    source.query(
                            by + "({__name__=~\"%s\"})".formatted(String.join("|", names)),
                            atSeconds);
            if (!refused(outcome, "", atSeconds)) {
                return outcome;
            }
        }
        return together(
                names.stream().map(n -> by + "({__name__=\"%s\"})".formatted(n)).toList(),
                atSeconds);
    }

    /// The label sets of all series that these matchers find; none where a name must be given.
    public Outcome grouped(Collection<String> labels, String matchers, double atSeconds) {
        String by = "count by (%s) ({%s})".formatted(String.join(",", labels), matchers);
        return oneByOne ? new Found(List.of()) : source.query(by, atSeconds);
    }

    /// The sum of a metric's series, by labels.
    public Outcome sum(Collection<String> labels, String name, String matchers, double atSeconds) {
        return source.query(
                "sum by (%s) ({__name__=\"%s\",%s})"
                        .formatted(String.join(",", labels), name, matchers),
                atSeconds);
    }

    /// Whether anything is scraped at all.
    public Outcome targets(double atSeconds) {
        return source.query("count(up)", atSeconds);
    }

    /// Whether it was the form that was refused; asked by name from then on.
    private boolean refused(Outcome outcome, String matchers, double atSeconds) {
        boolean refused = outcome instanceof Failed(var kind, _) && kind == Kind.REFUSED;
        oneByOne = refused && counted(UP, matchers, atSeconds) instanceof Found;
        return oneByOne;
    }

    private Outcome counted(String name, String matchers, double atSeconds) {
        String more = matchers.isEmpty() ? "" : "," + matchers;
        return source.query("count({__name__=\"%s\"%s})".formatted(name, more), atSeconds);
    }

    private Outcome each(
            Collection<String> names, String matchers, String range, double atSeconds) {
        return together(
                names.stream()
                        .map(n -> "{__name__=\"%s\",%s}%s".formatted(n, matchers, range))
                        .toList(),
                atSeconds);
    }

    /// All answers as one. The first failure is the failure of all.
    private Outcome together(List<String> expressions, double atSeconds) {
        var series = new ArrayList<RawSeries>();
        var notes = new LinkedHashSet<String>();
        var turns = new Semaphore(AT_ONE_TIME);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Future<Outcome>>();
            for (String expression : expressions) {
                turns.acquire();
                asked.add(
                        threads.submit(
                                () -> {
                                    try {
                                        return source.query(expression, atSeconds);
                                    } finally {
                                        turns.release();
                                    }
                                }));
            }
            for (var one : asked) {
                switch (one.get()) {
                    case Failed failed -> {
                        return failed;
                    }
                    case Found(var found, var noted) -> {
                        series.addAll(found);
                        notes.addAll(noted);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Failed(Kind.LATE, "the queries were interrupted");
        } catch (ExecutionException e) {
            return new Failed(Kind.BUSY, "a query failed: " + e.getCause());
        }
        return new Found(series, List.copyOf(notes));
    }
}
