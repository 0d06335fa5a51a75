package dev.ratematch.controller.host;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.telemetry.EngineReader;
import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.ScrapeHistory;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Respelling;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Outcome;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Failed;
import dev.ratematch.controller.telemetry.prometheus.Outcome.Found;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import dev.ratematch.controller.telemetry.prometheus.PodLedger;
import dev.ratematch.controller.telemetry.prometheus.PodLedger.Moment;
import dev.ratematch.controller.telemetry.prometheus.PrometheusSource;
import dev.ratematch.controller.telemetry.prometheus.Queries;
import dev.ratematch.controller.telemetry.prometheus.Selectors;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Telemetry of engines that a Prometheus scrapes. Raw samples are asked for, with the times at
/// which they were taken, and read as if we had scraped ourselves; so both ways give one result.
/// The other clock is asked for its time at every observation, so that ours may differ. Confined to
/// one thread.
public final class PrometheusTelemetry implements PodTelemetry {

    /// Samples that were stored late are still found this long after.
    private static final double LATE_SECONDS = 15;

    /// In which a pod that is no worker without a server of its own has answered once.
    private static final long PAST_SECONDS = 3600;

    private static final double CLOCK_BACK_SECONDS = 2;

    /// Two clocks that move apart by so much between two looks have not drifted: one was set.
    private static final double CLOCK_SET_SECONDS = 60;

    private final Queries queries;
    private final Selectors selectors;
    private final Fleet fleet;
    private final EngineReader reader;
    private final double retainSeconds;
    private final double staleSeconds;
    private Catalogue catalogue;
    private final List<String> respelled = new ArrayList<>();
    private final Map<Source, Watched> watched = new EnumMap<>(Source.class);
    private final Map<Source, List<PodScrape>> rounds = new EnumMap<>(Source.class);
    private final Set<String> accepted = new LinkedHashSet<>();
    private double lastTime = Double.NaN;
    private double lastOffset = Double.NaN;
    private double newest = Double.NEGATIVE_INFINITY;

    /// Pods of one kind.
    private record Watched(
            String matchers, List<String> names, ScrapeHistory history, PodLedger ledger) {}

    /// Telemetry from a Prometheus, with each pod's engine found from what it exposes.
    ///
    /// @param percentile at which latencies are promised, percent
    /// @param windowSeconds length that increases should cover; at least two scrape intervals
    public PrometheusTelemetry(
            PrometheusSource source,
            Selectors selectors,
            Fleet fleet,
            double percentile,
            double windowSeconds) {
        this(source, selectors, fleet, percentile, windowSeconds, Catalogue.shipped());
    }

    /// The same with another catalogue: of one engine, or with renamed metrics.
    public PrometheusTelemetry(
            PrometheusSource source,
            Selectors selectors,
            Fleet fleet,
            double percentile,
            double windowSeconds,
            Catalogue catalogue) {
        this.queries = new Queries(source);
        this.selectors = selectors;
        this.fleet = fleet;
        this.reader = new EngineReader(percentile, windowSeconds);
        this.retainSeconds = 2 * windowSeconds;
        this.staleSeconds = Reading.staleSeconds(windowSeconds);
        watch(catalogue);
    }

    private void watch(Catalogue catalogue) {
        this.catalogue = catalogue;
        for (var kind : Source.values()) {
            if (!selectors.of(kind).isEmpty()) {
                watched.put(
                        kind,
                        new Watched(
                                selectors.of(kind),
                                catalogue.names(kind),
                                new ScrapeHistory(kind, retainSeconds, staleSeconds),
                                new PodLedger(kind, catalogue)));
            }
        }
    }

    @Override
    public Snapshot observe(double atSeconds) {
        take(atSeconds);
        var snapshot =
                reader.read(
                        atSeconds,
                        of(Source.PREFILL).history(),
                        of(Source.DECODE).history(),
                        selectors.frontend().isEmpty() ? null : of(Source.FRONTEND).history(),
                        fleet.counts(Role.PREFILL),
                        fleet.counts(Role.DECODE));
        return snapshot.warned(
                accepted.stream().map(w -> "the store warns, accepted: " + w).toList());
    }

    @Override
    public Map<String, Detection> detected() {
        var all = new TreeMap<String, Detection>();
        watched.values().forEach(w -> all.putAll(w.ledger().detected()));
        return all;
    }

    @Override
    public List<PodScrape> pods(Source source) {
        return rounds.getOrDefault(source, List.of());
    }

    @Override
    public Identity identity() {
        var all =
                new ArrayList<>(watched.values().stream().map(w -> w.ledger().identity()).toList());
        all.add(new Identity(List.of(), respelled, List.of()));
        return Identity.of(all);
    }

    private Watched of(Source kind) {
        var one = watched.get(kind);
        if (one == null) {
            throw new IllegalStateException("There is no selector for " + kind.label() + ".");
        }
        return one;
    }

    private void take(double atSeconds) {
        double time = Double.NaN;
        String why = "Prometheus does not tell its time";
        switch (queries.time()) {
            case Failed failed -> why = failed.why();
            case Found(var series, _) -> {
                if (!series.isEmpty() && series.getFirst().values().length > 0) {
                    time = series.getFirst().values()[0];
                    why = clock(atSeconds - time, time);
                }
            }
        }
        if (why.isEmpty()) {
            take(atSeconds, time);
        } else {
            for (var one : watched.values()) {
                one.history().silent(atSeconds, why);
            }
        }
    }

    private void take(double atSeconds, double time) {
        double lookback =
                Double.isNaN(lastTime)
                        ? retainSeconds
                        : Math.min(retainSeconds, time - lastTime + LATE_SECONDS);
        var outcomes = new LinkedHashMap<Watched, Outcome>();
        for (var one : watched.values()) {
            var outcome = queries.samples(one.names(), one.matchers(), lookback, time);
            outcomes.put(one, outcome);
            if (outcome instanceof Found(var series, _)) {
                newest = Math.max(newest, PodLedger.newest(series));
                if (Double.isNaN(lastTime) && PodLedger.mute(series)) {
                    recall(one, time);
                }
            }
        }
        if (respell(outcomes, time)) {
            take(atSeconds, time);
            return;
        }
        boolean continuous = time - lastTime <= retainSeconds;
        var moment = new Moment(atSeconds - time, newest, continuous);
        boolean whole = true;
        accepted.clear();
        for (var entry : outcomes.entrySet()) {
            var one = entry.getKey();
            switch (entry.getValue()) {
                case Found(var series, var notes) -> {
                    accepted.addAll(notes);
                    var round = one.ledger().round(series, moment);
                    rounds.put(one.ledger().source(), one.ledger().latest(round));
                    var faults = one.ledger().identity().faults();
                    if (!faults.isEmpty()) {
                        var fault = faults.getFirst();
                        one.history()
                                .refuse(atSeconds, "%s; %s".formatted(fault.what(), fault.fix()));
                        continue;
                    }
                    boolean silent = round.isEmpty() || series.isEmpty();
                    String note = silent ? empty(one, time, !round.isEmpty()) : "";
                    one.history().append(atSeconds, round, note);
                }
                case Failed failed -> {
                    one.history().silent(atSeconds, failed.why());
                    whole = false;
                }
            }
        }
        // What could not be asked for this time is asked for again.
        lastTime = whole ? time : lastTime;
    }

    /// Asks for the past of pods that do not answer: what never has is not starting.
    private void recall(Watched one, double time) {
        var ups = queries.samples(List.of(), one.matchers(), PAST_SECONDS, time);
        if (ups instanceof Found(var series, _)) {
            one.ledger().recall(series);
        }
    }

    /// Finds names under a prefix of the site's own, and reads them by it from then on.
    ///
    /// @return whether anything changed, so that it must be asked again
    private boolean respell(Map<Watched, Outcome> outcomes, double time) {
        var renames = new TreeMap<String, String>();
        for (var entry : outcomes.entrySet()) {
            if (!(entry.getValue() instanceof Found(var series, _))
                    || !entry.getKey().ledger().detected().isEmpty()
                    || series.stream().anyMatch(one -> catalogue.reads(one.name()))) {
                continue;
            }
            var found = spellings(entry.getKey(), time);
            if (found.size() == 1 && found.getFirst().byPrefix()) {
                renames.putAll(found.getFirst().renames());
            }
            for (var one : found) {
                if (!respelled.contains(one.text())) {
                    respelled.add(one.text());
                }
            }
        }
        if (renames.isEmpty()) {
            return false;
        }
        watch(catalogue.renamed(renames));
        return true;
    }

    private List<Respelling> spellings(Watched one, double time) {
        var names = queries.grouped(List.of("__name__"), one.matchers(), time);
        return names instanceof Found(var series, _)
                ? catalogue.respelled(series.stream().map(RawSeries::name).toList())
                : List.of();
    }

    /// What is wrong with the other clock; empty when nothing is. Once said, everything is asked
    /// for anew by the new time: a clock that was set right must not cost more than one look.
    private String clock(double offset, double time) {
        double ahead = lastOffset - offset;
        lastOffset = offset;
        String way = "";
        double by = 0;
        if (time < newest - CLOCK_BACK_SECONDS) {
            way = "back";
            by = newest - time;
        } else if (Math.abs(ahead) > CLOCK_SET_SECONDS) {
            way = ahead > 0 ? "ahead" : "back";
            by = Math.abs(ahead);
        }
        if (way.isEmpty()) {
            return "";
        }
        lastTime = Double.NaN;
        newest = Double.NEGATIVE_INFINITY;
        watched.values().forEach(one -> one.ledger().forget());
        return String.format(
                Locale.ROOT,
                "the clock of Prometheus went %s by %.0f s; it must be set right",
                way,
                by);
    }

    /// Why there is nothing, by what the selector finds at all.
    ///
    /// @param known whether its pods have been seen of late, so that they may just not have been
    ///   scraped since
    private String empty(Watched one, double time, boolean known) {
        var all = queries.count(one.matchers(), one.names(), time);
        if (all instanceof Failed failed) {
            return failed.why();
        }
        if (all instanceof Found(var series, _) && series.isEmpty()) {
            return "Prometheus has no series with {%s}; check the selector against the labels on its targets page"
                    .formatted(one.matchers());
        }
        var spellings = spellings(one, time);
        if (!known && !spellings.isEmpty()) {
            return spellings.stream().map(Respelling::text).collect(Collectors.joining("; "));
        }
        return known
                ? ""
                : "Prometheus has series with {%s}, but none of an engine's metrics; check that the engine exposes them and that its port is scraped"
                        .formatted(one.matchers());
    }
}
