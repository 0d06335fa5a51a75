package dev.ratematch.controller.telemetry.prometheus;

import dev.ratematch.controller.telemetry.Identity;
import dev.ratematch.controller.telemetry.PodScrape;
import dev.ratematch.controller.telemetry.Sample;
import dev.ratematch.controller.telemetry.Scrape;
import dev.ratematch.controller.telemetry.Series;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.prometheus.Outcome.RawSeries;
import dev.ratematch.controller.telemetry.prometheus.Roster.Pod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Makes scrapes of pods again out of the samples that a Prometheus took from them: samples of one
/// target with one time are one scrape, and of the targets of one process one is read. Remembers
/// what it has given out. Confined to one thread.
///
/// A target that Prometheus has not scraped for two and a half of its intervals, while it went on
/// with others, has left. Staleness markers never come out of raw samples, so a pod that vanished
/// ends with its last scrape and does not linger for five minutes.
public final class PodLedger {

    private static final int NAMES_REMEMBERED = 10_000;

    /// How long an engine may take to answer for the first time: a large model over a slow disk.
    private static final double START_UP_SECONDS = 1200;

    /// Labels that tell scrapers apart, not series.
    private static final Set<String> SCRAPERS_OWN =
            Set.of("__name__", "job", "prometheus", "prometheus_replica", "replica");

    private final Source source;
    private final Catalogue catalogue;
    private final Roster roster;
    private final Set<TargetName> seen = new HashSet<>();
    private final Map<String, Double> given = new HashMap<>();
    private List<Pod> pods = List.of();
    private Identity identity = Identity.NOTHING;

    /// A ledger of the pods of one kind.
    public PodLedger(Source source, Catalogue catalogue) {
        this.source = source;
        this.catalogue = catalogue;
        this.roster = new Roster(catalogue);
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

    /// Which targets were which pods and replicas at the last round.
    public Identity identity() {
        return identity;
    }

    /// The newest of each pod's scrapes in a round, without the pods that have left.
    public List<PodScrape> latest(List<PodScrape> round) {
        var there = new HashSet<String>();
        pods.forEach(pod -> there.add(pod.title()));
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
        for (var pod : pods) {
            var spoken = pod.read().spoken();
            if (spoken != null) {
                all.put(pod.title(), spoken);
            }
        }
        return all;
    }

    /// Forgets the times of all targets, as when the other clock was set.
    public void forget() {
        roster.forget();
        given.clear();
        pods = List.of();
    }

    /// Whether a target of this answer does not answer and is not known ever to have: its past
    /// tells whether it is starting.
    public static boolean mute(List<RawSeries> series) {
        return series.stream()
                .anyMatch(
                        one -> {
                            double most = 0;
                            for (double value : one.values()) {
                                most = Math.max(most, value);
                            }
                            return one.name().equals(TargetSeries.UP) && most == 0;
                        });
    }

    /// Takes note of `up` of before the first round.
    public void recall(List<RawSeries> ups) {
        roster.heard(ups);
    }

    /// When and how a round is made.
    ///
    /// @param offsetSeconds of the host's clock from the other
    /// @param referenceSeconds when the other scraper is known to have been at work, on its clock
    /// @param continuous whether the round before is recent, so that who is new can be told
    public record Moment(double offsetSeconds, double referenceSeconds, boolean continuous) {}

    /// The round that these series make: pods that are there, each with what is new of it.
    public List<PodScrape> round(List<RawSeries> series, Moment moment) {
        var heard = roster.heard(series);
        double reference = moment.referenceSeconds();
        var groups = new Groups(roster.targets().stream().map(KnownTarget::tag).toList());
        var round = new ArrayList<PodScrape>();
        var spoke = new HashSet<String>();
        for (var pod : roster.pods(reference)) {
            var fresh = fresh(pod, heard);
            String replica = pod.replica(groups);
            for (var scrape : scrapes(pod, fresh, moment)) {
                round.add(scrape.in(replica));
                spoke.add(pod.title());
            }
        }
        roster.remove(roster.targets().stream().filter(t -> t.gone(reference)).toList());
        pods = roster.pods(reference);
        var silent = Silence.among(pods, reference, START_UP_SECONDS);
        for (var pod : pods) {
            boolean quiet = pod.read().engine() && !spoke.contains(pod.title());
            if (silent.down().contains(pod) || quiet) {
                round.add(PodScrape.failed(pod.title(), silent.why(pod)).in(pod.replica(groups)));
            }
        }
        given.keySet().retainAll(pods.stream().map(Pod::title).toList());
        identity = new IdentityText(source, roster, pods, groups, silent).identity();
        return round;
    }

    private SortedMap<Double, List<Sample>> fresh(Pod pod, Map<KnownTarget, TargetSeries> heard) {
        var without = new HashSet<>(SCRAPERS_OWN);
        if (pod.members().size() > 1) {
            without.addAll(pod.apart());
        }
        SortedMap<Double, List<Sample>> fresh = new TreeMap<>();
        for (var member : pod.members()) {
            var series = heard.get(member);
            if (series != null) {
                var own = member.fresh(series, catalogue, without);
                fresh = member == pod.read() ? own : fresh;
            }
        }
        return fresh;
    }

    private List<PodScrape> scrapes(
            Pod pod, SortedMap<Double, List<Sample>> scrapes, Moment moment) {
        var name = pod.read().tag().name();
        boolean isNew = !scrapes.isEmpty() && seen.add(name) && moment.continuous();
        if (seen.size() > NAMES_REMEMBERED) {
            seen.retainAll(roster.targets().stream().map(t -> t.tag().name()).toList());
        }
        double before = given.getOrDefault(pod.title(), Double.NEGATIVE_INFINITY);
        var out = new ArrayList<PodScrape>();
        for (var entry : scrapes.entrySet()) {
            double at = entry.getKey();
            if (at <= before) {
                continue;
            }
            given.put(pod.title(), at);
            var scrape = Scrape.of(once(entry.getValue()));
            var spoken = catalogue.detect(scrape.names(), source);
            pod.read().speaks(spoken);
            // A target that nobody has seen before is a new pod, counting from zero.
            out.add(
                    PodScrape.of(pod.title(), scrape, spoken)
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
}
