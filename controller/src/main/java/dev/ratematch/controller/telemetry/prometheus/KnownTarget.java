package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.Sample;
import dev.ratematch.controller.telemetry.Series;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One target of the other scraper and what has been heard of it. Times are seconds on its clock.
final class KnownTarget {

    private static final double INTERVALS_MISSED_MAX = 2.5;
    private static final double INTERVAL_UNSEEN_SECONDS = 30;

    private TargetTag tag;
    private double newest = Double.NEGATIVE_INFINITY;
    private double interval = Double.NaN;
    private double upAt = Double.NEGATIVE_INFINITY;
    private double upSince = Double.POSITIVE_INFINITY;
    private boolean up = true;
    private boolean everUp;
    private boolean engine;
    private @Nullable Detection spoken;

    KnownTarget(TargetTag tag) {
        this.tag = tag;
    }

    TargetTag tag() {
        return tag;
    }

    /// Time of its newest scrape.
    double newest() {
        return newest;
    }

    @Nullable Detection spoken() {
        return spoken;
    }

    void speaks(Detection found) {
        spoken = found;
    }

    /// Whether it has ever exposed an engine's metrics.
    boolean engine() {
        return engine;
    }

    /// Whether its scraper's last word is that it does not answer.
    boolean down() {
        return !up && upAt > newest;
    }

    /// Whether it is not scraped any more, while others are.
    boolean gone(double reference) {
        double usual = Double.isNaN(interval) ? INTERVAL_UNSEEN_SECONDS : interval;
        return reference - Math.max(newest, upAt) > INTERVALS_MISSED_MAX * usual + 1;
    }

    /// How long it has not answered without ever having done so; zero when it has.
    double muteSeconds(double reference) {
        return everUp || engine || up ? 0 : Math.max(0, reference - upSince);
    }

    /// Takes note of what its scraper said.
    void told(TargetSeries heard) {
        if (heard.tag().whole() || !tag.whole()) {
            tag = heard.tag();
        }
        for (var one : heard.up()) {
            for (int i = 0; i < one.times().length; i++) {
                double at = one.times()[i];
                upSince = Math.min(upSince, at);
                everUp |= one.values()[i] > 0;
                if (at > upAt) {
                    upAt = at;
                    up = one.values()[i] > 0;
                }
            }
        }
    }

    /// The scrapes that are new, by their times.
    ///
    /// @param without labels that tell targets of one pod apart
    SortedMap<Double, List<Sample>> fresh(
            TargetSeries heard, Catalogue catalogue, Collection<String> without) {
        engine |= !heard.series().isEmpty();
        var scrapes = new TreeMap<Double, List<Sample>>();
        for (RawSeries one : heard.series()) {
            Map<String, String> labels = new HashMap<>(one.labels());
            labels.keySet().removeAll(without);
            var identity = Series.of(one.name(), labels, catalogue.counter(one.name()));
            for (int i = 0; i < one.times().length; i++) {
                double at = one.times()[i];
                if (at > newest) {
                    scrapes.computeIfAbsent(at, _ -> new ArrayList<>())
                            .add(new Sample(identity, one.values()[i], at));
                }
            }
        }
        // What other stores make of a staleness marker.
        scrapes.values().removeIf(all -> all.stream().allMatch(s -> Double.isNaN(s.value())));
        scrapes.keySet().forEach(this::tick);
        return scrapes;
    }

    /// Takes note of a scrape; the interval is smoothed, for scrapers are not exact.
    private void tick(double at) {
        if (Double.isFinite(newest)) {
            double gap = at - newest;
            interval = Double.isNaN(interval) ? gap : 0.8 * interval + 0.2 * gap;
        }
        newest = at;
    }
}
