package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.Sample;
import dev.ratematch.controller.telemetry.Scrape;
import dev.ratematch.controller.telemetry.Series;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes scrapes of pods again out of the samples that a Prometheus took from them: samples of one
/// target with one time are one scrape. Remembers what it has given out. Confined to one thread.
///
/// A target that Prometheus has not scraped for two and a half of its intervals, while it went on
/// with others, has left. Staleness markers never come out of raw samples, so a pod that vanished
/// ends with its last scrape and does not linger for five minutes.
public final class PodLedger {

    private static final double INTERVALS_MISSED_MAX = 2.5;
    private static final double INTERVAL_UNSEEN_SECONDS = 30;
    private static final int TARGETS_REMEMBERED = 10_000;
    private static final String UP = "up";

    /// Labels that tell scrapers apart, not series.
    private static final Set<String> SCRAPERS_OWN =
            Set.of("__name__", "job", "prometheus", "prometheus_replica", "replica");

    private static final SortedMap<Double, List<Sample>> NOTHING = new TreeMap<>();

    private final Source source;
    private final Catalogue catalogue;
    private final Map<String, Target> targets = new TreeMap<>();
    private final Set<String> seen = new HashSet<>();

    /// One target of the other scraper.
    private static final class Target {
        final String pod;
        double newest = Double.NEGATIVE_INFINITY;
        double interval = Double.NaN;
        double upAt = Double.NEGATIVE_INFINITY;
        boolean up = true;
        boolean engine;
        @Nullable Detection spoken;

        Target(String pod) {
            this.pod = pod;
        }

        /// Takes note of a scrape; the interval is smoothed, for scrapers are not exact.
        void tick(double at) {
            if (Double.isFinite(newest)) {
                double gap = at - newest;
                interval = Double.isNaN(interval) ? gap : 0.8 * interval + 0.2 * gap;
            }
            newest = at;
        }

        double lastSign() {
            return Math.max(newest, upAt);
        }
    }

    /// A ledger of the pods of one kind.
    public PodLedger(Source source, Catalogue catalogue) {
        this.source = source;
        this.catalogue = catalogue;
    }

    /// The time of the newest of these samples; infinitely old when there is none.
    public static double newest(List<RawSeries> series) {
        double newest = Double.NEGATIVE_INFINITY;
        for (var one : series) {
            int last = one.times().length - 1;
            newest = last < 0 ? newest : Math.max(newest, one.times()[last]);
        }
        return newest;
    }

    /// What these pods are.
    public Source source() {
        return source;
    }

    /// The newest of each pod's scrapes in a round, without the pods that have left.
    public List<PodScrape> latest(List<PodScrape> round) {
        var there = new HashSet<String>();
        targets.values().forEach(target -> there.add(target.pod));
        var newest = new TreeMap<String, PodScrape>();
        for (var scrape : round) {
            if (there.contains(scrape.pod())) {
                newest.merge(scrape.pod(), scrape, PodLedger::newer);
            }
        }
        return List.copyOf(newest.values());
    }

    /// That a pod refuses now counts more than what it said before.
    private static PodScrape newer(PodScrape before, PodScrape after) {
        return after.scrape() != null || !after.error().isEmpty() ? after : before;
    }

    /// What each pod was found to speak, and why.
    public Map<String, Detection> detected() {
        var all = new TreeMap<String, Detection>();
        for (var target : targets.values()) {
            if (target.spoken != null) {
                all.put(target.pod, target.spoken);
            }
        }
        return all;
    }

    /// Forgets the times of all targets, as when the other clock was set.
    public void forget() {
        targets.clear();
    }

    /// When and how a round is made.
    ///
    /// @param offsetSeconds of the host's clock from the other
    /// @param referenceSeconds when the other scraper is known to have been at work, on its clock
    /// @param continuous whether the round before is recent, so that who is new can be told
    public record Moment(double offsetSeconds, double referenceSeconds, boolean continuous) {}

    /// The round that these series make: pods that are there, each with what is new of it.
    public List<PodScrape> round(List<RawSeries> series, Moment moment) {
        var fresh = new LinkedHashMap<String, SortedMap<Double, List<Sample>>>();
        for (var one : series) {
            String key = key(one.labels());
            var target = targets.computeIfAbsent(key, _ -> new Target(pod(one.labels())));
            if (one.name().equals(UP)) {
                int last = one.times().length - 1;
                if (last >= 0 && one.times()[last] > target.upAt) {
                    target.upAt = one.times()[last];
                    target.up = one.values()[last] > 0;
                }
                continue;
            }
            target.engine = true;
            var labels = new TreeMap<>(one.labels());
            labels.keySet().removeAll(SCRAPERS_OWN);
            var identity = Series.of(one.name(), labels, catalogue.counter(one.name()));
            var scrapes = fresh.computeIfAbsent(key, _ -> new TreeMap<>());
            for (int i = 0; i < one.times().length; i++) {
                if (one.times()[i] > target.newest) {
                    scrapes.computeIfAbsent(one.times()[i], _ -> new ArrayList<>())
                            .add(new Sample(identity, one.values()[i], one.times()[i]));
                }
            }
        }
        var round = new ArrayList<PodScrape>();
        fresh.forEach((key, scrapes) -> round.addAll(scrapes(key, scrapes, moment)));
        round.addAll(quiet(fresh, moment.referenceSeconds()));
        return round;
    }

    /// What distinguishes targets. One pod may have several ports; its scrapes must not mix.
    private static String key(Map<String, String> labels) {
        var key = new StringBuilder();
        for (String label : List.of("namespace", "pod", "instance")) {
            key.append(labels.getOrDefault(label, "")).append('\n');
        }
        return key.toString();
    }

    private static String pod(Map<String, String> labels) {
        String pod = labels.getOrDefault("pod", "");
        String instance = labels.getOrDefault("instance", "");
        if (pod.isEmpty()) {
            return instance.isEmpty() ? "without a name" : instance;
        }
        return instance.isEmpty() ? pod : pod + " (" + instance + ")";
    }

    private List<PodScrape> scrapes(
            String key, SortedMap<Double, List<Sample>> scrapes, Moment moment) {
        var target = targets.computeIfAbsent(key, Target::new);
        boolean isNew = seen.add(key) && moment.continuous();
        if (seen.size() > TARGETS_REMEMBERED) {
            seen.retainAll(targets.keySet());
        }
        var out = new ArrayList<PodScrape>();
        for (var entry : scrapes.entrySet()) {
            var samples = once(entry.getValue());
            if (samples.stream().allMatch(s -> Double.isNaN(s.value()))) {
                continue; // what other stores make of a staleness marker
            }
            double at = entry.getKey();
            target.tick(at);
            var scrape = Scrape.of(samples);
            var spoken = catalogue.detect(scrape.names(), source);
            target.spoken = spoken;
            // A target that nobody has seen before is a new pod, counting from zero.
            out.add(
                    PodScrape.of(target.pod, scrape, spoken)
                            .scrapedAt(at + moment.offsetSeconds())
                            .startedAt(isNew ? Double.POSITIVE_INFINITY : -1));
        }
        return out;
    }

    /// Two jobs, or two replicas of the scraper, may have scraped one target at one time.
    private static List<Sample> once(List<Sample> samples) {
        var kept = new LinkedHashMap<Series, Sample>();
        for (var sample : samples) {
            kept.putIfAbsent(sample.series(), sample);
        }
        return List.copyOf(kept.values());
    }

    /// Pods without anything new: still there, refusing, or gone.
    private List<PodScrape> quiet(
            Map<String, SortedMap<Double, List<Sample>>> fresh, double reference) {
        var round = new ArrayList<PodScrape>();
        targets.entrySet()
                .removeIf(
                        entry -> {
                            var target = entry.getValue();
                            double interval =
                                    Double.isNaN(target.interval)
                                            ? INTERVAL_UNSEEN_SECONDS
                                            : target.interval;
                            boolean gone =
                                    reference - target.lastSign()
                                            > INTERVALS_MISSED_MAX * interval + 1;
                            if (gone) {
                                return true;
                            }
                            boolean down = !target.up && target.upAt > target.newest;
                            if (down
                                    || (target.engine
                                            && fresh.getOrDefault(entry.getKey(), NOTHING)
                                                    .isEmpty())) {
                                round.add(
                                        PodScrape.failed(
                                                target.pod,
                                                down
                                                        ? "Prometheus cannot scrape it (up is 0);"
                                                                + " see its targets page"
                                                        : ""));
                            }
                            return false;
                        });
        return round;
    }
}
