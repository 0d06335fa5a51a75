package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Dialect;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Metric;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import org.jspecify.annotations.Nullable;

/// What the pods of one kind exposed over one window: increases of counters and histograms summed
/// over pods, gauges of the pods that still answer. Each pod tells a fact in its own dialect, by
/// the first metric that it exposes, so that renamed metrics are found and twins are not added up.
public final class ScrapeWindow {

    /// Scrape times wander a little; a base this much late is still the base.
    private static final double SLACK_SECONDS = 0.5;

    /// A gauge over a pool is scaled up for silent pods as long as this share answers.
    private static final double ANSWERING_MIN = 0.5;

    private final Source source;
    private final String note;
    private final double ageSeconds;
    private final double staleSeconds;
    private final double coveredSeconds;
    private final List<Life> lives = new ArrayList<>();
    private final List<Voice> current = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<Dialect> dialects;
    private int livePods;

    /// One uninterrupted life of a process within the window; a null start is zero.
    private record Life(@Nullable Scrape start, Voice end, boolean last) {}

    ScrapeWindow(
            Source source,
            String note,
            double nowSeconds,
            double windowSeconds,
            double staleSeconds,
            List<ScrapeHistory.Pod> pods) {
        this.source = source;
        this.note = note;
        this.staleSeconds = staleSeconds;
        if (!note.isEmpty()) {
            warnings.add("%s: %s".formatted(source.label(), note));
        }
        double newest = Double.NEGATIVE_INFINITY;
        double newestEver = Double.NEGATIVE_INFINITY;
        double covered = 0;
        int continuing = 0;
        for (var pod : pods) {
            if (pod.live && !pod.error.isEmpty()) {
                warnings.add("%s pod %s: %s".formatted(source.label(), pod.name, pod.error));
            }
            var last = pod.last();
            livePods += pod.live && last != null ? 1 : 0;
            if (last == null) {
                continue;
            }
            newestEver = Math.max(newestEver, last.atSeconds());
            if (pod.live) {
                newest = Math.max(newest, last.atSeconds());
                if (nowSeconds - last.atSeconds() <= staleSeconds) {
                    current.add(last.voice());
                }
            }
            double since = cut(pod, nowSeconds - windowSeconds + SLACK_SECONDS);
            if (pod.live && since < last.atSeconds()) {
                covered += last.atSeconds() - since;
                continuing++;
            }
        }
        // Where all have left, what they said is as old as the last of it.
        this.ageSeconds = Math.max(0, nowSeconds - (livePods > 0 ? newest : newestEver));
        this.coveredSeconds = continuing > 0 ? covered / continuing : Double.NaN;
        var spoken = new LinkedHashSet<Dialect>();
        current.forEach(voice -> spoken.addAll(voice.dialects()));
        lives.forEach(life -> spoken.addAll(life.end().dialects()));
        this.dialects = List.copyOf(spoken);
    }

    /// Cuts one pod's points into lives; answers when the first one begins, infinite when the pod
    /// is new or has nothing to compare with.
    private double cut(ScrapeHistory.Pod pod, double startSeconds) {
        var points = pod.points;
        int base = -1;
        while (base + 1 < points.size() && points.get(base + 1).atSeconds() <= startSeconds) {
            base++;
        }
        boolean zero = base < 0 && pod.fromZero;
        base = Math.max(0, base);
        if (!zero && base == points.size() - 1) {
            return Double.POSITIVE_INFINITY;
        }
        @Nullable Scrape start = zero ? null : points.get(base).voice().scrape();
        for (int i = zero ? base : base + 1; i < points.size(); i++) {
            if (points.get(i).reset() && i > base) {
                lives.add(new Life(start, points.get(i - 1).voice(), false));
                start = null;
            }
        }
        lives.add(new Life(start, points.getLast().voice(), true));
        return zero ? Double.POSITIVE_INFINITY : points.get(base).atSeconds();
    }

    /// Mean length that the increases really cover, seconds.
    public Reading coveredSeconds() {
        var problem = problem();
        if (problem != null) {
            return problem;
        }
        return Double.isNaN(coveredSeconds) ? tooFew() : reading(coveredSeconds, "the time");
    }

    /// What did not answer, for people.
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /// Why nothing can be read at all, if so.
    private @Nullable Reading problem() {
        if (livePods == 0 && lives.isEmpty()) {
            return new Reading.Unknown(
                    warnings.isEmpty()
                            ? "no %s pod has been scraped".formatted(source.label())
                            : warnings.getFirst());
        }
        return ageSeconds > staleSeconds ? new Reading.Stale(ageSeconds) : null;
    }

    /// Whether anything was heard of these pods.
    boolean heard() {
        return !dialects.isEmpty();
    }

    /// Whether the dialect of any pod tells a fact, whether or not it is exposed.
    boolean offers(Fact fact) {
        return dialects.stream().anyMatch(d -> !d.metrics(fact, source).isEmpty());
    }

    /// Whose pods these are, for people.
    String speakers() {
        return Wanted.titles(dialects);
    }

    private Wanted wanted(Fact fact, Predicate<Metric> kind) {
        return Wanted.fact(fact, source, kind, dialects);
    }

    private Wanted named(Metric.Type type, String... names) {
        return Wanted.named(source, type, names);
    }

    /// Increase of a counter over the window.
    public Reading increase(Fact fact) {
        return increase(wanted(fact, Wanted::counted));
    }

    /// The same by name.
    public Reading increase(String... names) {
        return increase(named(Metric.Type.COUNTER, names));
    }

    private Reading increase(Wanted wanted) {
        return overLives(
                wanted,
                (life, metric) -> {
                    double before = life.start() == null ? 0 : Readout.value(life.start(), metric);
                    return Math.max(0, Readout.value(life.end().scrape(), metric) - before);
                });
    }

    /// Growth of a gauge over the window. What a pod held when it left counts as done, not as gone:
    /// pods leave by draining.
    public Reading growth(Fact fact) {
        return growth(wanted(fact, Wanted::gauged));
    }

    /// The same by name.
    public Reading growth(String... names) {
        return growth(named(Metric.Type.GAUGE, names));
    }

    private Reading growth(Wanted wanted) {
        return overLives(
                wanted,
                (life, metric) ->
                        (life.last() ? Readout.value(life.end().scrape(), metric) : 0)
                                - (life.start() == null ? 0 : Readout.value(life.start(), metric)));
    }

    private Reading overLives(Wanted wanted, ToDoubleBiFunction<Life, Metric> of) {
        var problem = problem();
        if (problem != null) {
            return problem;
        }
        @Nullable String name = null;
        double sum = 0;
        for (var life : lives) {
            for (var metric : wanted.in(life.end())) {
                name = metric.of().name();
                sum += of.applyAsDouble(life, metric);
            }
        }
        if (name != null) {
            return reading(sum, name);
        }
        return lives.isEmpty() && current.stream().anyMatch(v -> !wanted.in(v).isEmpty())
                ? tooFew()
                : wanted.absent();
    }

    /// A histogram over the window. One counter over another is one without buckets.
    public Tally histogram(Fact fact) {
        return histogram(wanted(fact, Wanted::tallied));
    }

    /// The same by name.
    public Tally histogram(String... families) {
        return histogram(named(Metric.Type.HISTOGRAM, families));
    }

    private Tally histogram(Wanted wanted) {
        var problem = problem();
        if (problem != null) {
            return Tally.none(problem);
        }
        @Nullable String name = null;
        var sum = Histogram.EMPTY;
        for (var life : lives) {
            for (var metric : wanted.in(life.end())) {
                name = metric.of().name();
                var end = Readout.histogram(life.end().scrape(), metric);
                sum =
                        sum.plus(
                                life.start() == null
                                        ? end
                                        : end.since(Readout.histogram(life.start(), metric)));
            }
        }
        if (name == null) {
            return Tally.none(
                    lives.isEmpty() && current.stream().anyMatch(v -> !wanted.in(v).isEmpty())
                            ? tooFew()
                            : wanted.absent());
        }
        return sum.measurable() ? new Tally(sum, null, shownAge()) : Tally.none(noNumber(name));
    }

    /// Mean of what a histogram holds, or of gauges where pods have no histogram of it.
    public Reading mean(Fact fact) {
        var tally = histogram(fact);
        if (tally.readable()
                || current.stream()
                        .allMatch(v -> v.telling(fact, source, Wanted::gauged).isEmpty())) {
            return tally.mean();
        }
        return gaugeMean(fact);
    }

    /// Sum of a gauge over the pods that answer, scaled up for the few that do not.
    public Reading gauge(Fact fact) {
        return overPods(wanted(fact, Wanted::gauged), Readout::value);
    }

    /// The same by name.
    public Reading gauge(String... names) {
        return overPods(named(Metric.Type.GAUGE, names), Readout::value);
    }

    /// Mean of a gauge over all its series, for shares.
    public Reading gaugeMean(Fact fact) {
        return perPod(overPods(wanted(fact, Wanted::gauged), Readout::mean));
    }

    /// A gauge's sum within a pod, as the mean over pods.
    public Reading gaugePerPod(Fact fact) {
        return perPod(gauge(fact));
    }

    private Reading perPod(Reading sum) {
        return sum instanceof Reading.Value(double value, double age)
                ? new Reading.Value(value / Math.max(1, livePods), age)
                : sum;
    }

    private Reading overPods(Wanted wanted, ToDoubleBiFunction<Scrape, Metric> of) {
        var problem = problem();
        if (problem != null) {
            return problem;
        }
        if (livePods == 0) {
            return new Reading.Unknown(
                    "no %s pod answers any more%s"
                            .formatted(source.label(), note.isEmpty() ? "" : ": " + note));
        }
        if (current.size() < ANSWERING_MIN * livePods) {
            return new Reading.Stale(ageSeconds);
        }
        @Nullable String name = null;
        double sum = 0;
        int exposing = 0;
        for (var voice : current) {
            var metrics = wanted.in(voice);
            for (var metric : metrics) {
                name = metric.of().name();
                sum += of.applyAsDouble(voice.scrape(), metric);
            }
            exposing += metrics.isEmpty() ? 0 : 1;
        }
        if (name == null) {
            return wanted.absent();
        }
        return exposing < ANSWERING_MIN * livePods
                ? new Reading.Unknown(
                        "only %d of %d %s pods expose %s"
                                .formatted(exposing, livePods, source.label(), name))
                : reading(sum * livePods / exposing, name);
    }

    private Reading tooFew() {
        return new Reading.Unknown(
                "one scrape of the %s pods in the window; an increase needs two"
                        .formatted(source.label()));
    }

    private Reading noNumber(String name) {
        return new Reading.Unknown(
                "%s of the %s pods is no number".formatted(name, source.label()));
    }

    private Reading reading(double value, String name) {
        return Numbers.measurable(value) ? new Reading.Value(value, shownAge()) : noNumber(name);
    }

    private double shownAge() {
        return Double.isFinite(ageSeconds) ? ageSeconds : 0;
    }
}
