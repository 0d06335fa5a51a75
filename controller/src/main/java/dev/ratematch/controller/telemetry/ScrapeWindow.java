package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.Occupancy;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.telemetry.dialect.Dialect;
import dev.ratematch.controller.telemetry.dialect.Fact;
import dev.ratematch.controller.telemetry.dialect.Matcher;
import dev.ratematch.controller.telemetry.dialect.Metric;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import org.jspecify.annotations.Nullable;

/// What the pods of one kind exposed over one window: increases of counters and histograms summed
/// over pods, gauges of the pods that still answer. Each pod tells a fact in its own dialect, by
/// the first metric that it exposes, so that renamed metrics are found and twins are not added up.
public final class ScrapeWindow {

    /// A gauge over a pool is scaled up for silent pods as long as this share answers.
    private static final double ANSWERING_MIN = 0.5;

    private final Source source;
    private final String note;
    private final double staleSeconds;
    private final PodLives pods;
    private final List<Dialect> dialects;

    /// Only series that pass these count; none for all.
    private final List<Matcher> scope;

    ScrapeWindow(
            Source source,
            String note,
            double nowSeconds,
            double windowSeconds,
            double staleSeconds,
            List<ScrapeHistory.Pod> pods) {
        this(
                source,
                note,
                staleSeconds,
                new PodLives(source, note, nowSeconds, windowSeconds, staleSeconds, pods),
                List.of());
    }

    private ScrapeWindow(
            Source source, String note, double staleSeconds, PodLives pods, List<Matcher> scope) {
        this.source = source;
        this.note = note;
        this.staleSeconds = staleSeconds;
        this.pods = pods;
        this.dialects = pods.dialects();
        this.scope = scope;
    }

    /// The same of those series whose label has one of these values, and of those without it.
    ScrapeWindow only(String label, Collection<String> values) {
        var passing = new ArrayList<>(values);
        passing.add("");
        return new ScrapeWindow(
                source, note, staleSeconds, pods, List.of(new Matcher(label, passing, false)));
    }

    /// The values of a label on the series that tell a fact.
    Set<String> values(String label, Fact fact) {
        var found = new TreeSet<String>();
        var wanted = wanted(fact, metric -> metric.type() != Metric.Type.INFO);
        for (var voice : pods.current()) {
            for (var metric : wanted.in(voice)) {
                found.addAll(Readout.values(voice.scrape(), metric, label));
            }
        }
        found.remove("");
        return found;
    }

    /// Whether anything distinguishes how requests ended.
    boolean tellsOutcomes() {
        return dialects.stream()
                .flatMap(dialect -> dialect.metrics(Fact.FINISHED, source).stream())
                .flatMap(List::stream)
                .anyMatch(metric -> !metric.of().matchers().isEmpty());
    }

    /// How its pods came and went.
    PodLives pods() {
        return pods;
    }

    /// Mean length that the increases really cover, seconds.
    public Reading coveredSeconds() {
        var problem = problem();
        if (problem != null) {
            return problem;
        }
        return pods.continues() ? reading(pods.coveredSeconds(), "the time") : tooFew();
    }

    /// What did not answer, for people.
    public List<String> warnings() {
        return pods.warnings();
    }

    /// Why nothing can be read at all, if so.
    private @Nullable Reading problem() {
        if (pods.live() == 0 && pods.lives().isEmpty()) {
            return new Reading.Unknown(
                    pods.warnings().isEmpty()
                            ? "no %s pod has been scraped".formatted(source.label())
                            : pods.warnings().getFirst());
        }
        return pods.ageSeconds() > staleSeconds ? new Reading.Stale(pods.ageSeconds()) : null;
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
        var heard = new Wanted.Heard(dialects, pods.nativeOnly());
        return Wanted.fact(fact, source, kind, heard).within(scope);
    }

    private Wanted named(Metric.Type type, String... names) {
        return Wanted.named(source, type, names).within(scope);
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

    private Reading overLives(Wanted wanted, ToDoubleBiFunction<PodLives.Life, Metric> of) {
        var problem = problem();
        if (problem != null) {
            return problem;
        }
        @Nullable String name = null;
        double sum = 0;
        for (var life : pods.lives()) {
            for (var metric : wanted.in(life.end())) {
                name = metric.of().name();
                sum += of.applyAsDouble(life, metric);
            }
        }
        if (name != null) {
            return reading(sum, name);
        }
        return pods.lives().isEmpty()
                        && pods.current().stream().anyMatch(v -> !wanted.in(v).isEmpty())
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
        for (var life : pods.lives()) {
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
                    pods.lives().isEmpty()
                                    && pods.current().stream()
                                            .anyMatch(v -> !wanted.in(v).isEmpty())
                            ? tooFew()
                            : wanted.absent());
        }
        return sum.measurable() ? new Tally(sum, null, shownAge()) : Tally.none(noNumber(name));
    }

    /// Mean of what a histogram holds, or of gauges where pods have no histogram of it.
    public Reading mean(Fact fact) {
        var tally = histogram(fact);
        if (tally.readable()
                || pods.current().stream()
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

    /// The same over the window: by the scrapes of each pod, and what lies between two as their
    /// mean. As the last look says where some pods do not answer or none was there all through.
    public Occupancy occupancy(Fact fact) {
        var last = gauge(fact);
        var wanted = wanted(fact, Wanted::gauged);
        if (!last.known() || !pods.continues() || pods.current().size() < pods.live()) {
            return Occupancy.once(last);
        }
        double integral = 0;
        int looks = 1;
        for (var span : pods.spans()) {
            looks = Math.max(looks, span.size());
            for (int i = 1; i < span.size(); i++) {
                var before = span.get(i - 1);
                var after = span.get(i);
                double end = sum(wanted, after.voice());
                double begin = after.reset() ? end : sum(wanted, before.voice());
                integral += (begin + end) / 2 * (after.atSeconds() - before.atSeconds());
            }
        }
        return new Occupancy(reading(integral / pods.coveredSeconds(), fact.label()), looks);
    }

    private static double sum(Wanted wanted, Voice voice) {
        double sum = 0;
        for (var metric : wanted.in(voice)) {
            sum += Readout.value(voice.scrape(), metric);
        }
        return sum;
    }

    /// Mean of a gauge over all its series, for shares.
    public Reading gaugeMean(Fact fact) {
        return per(pods.live(), overPods(wanted(fact, Wanted::gauged), Readout::mean));
    }

    /// A gauge's sum within a replica, all its pods and ports, as the mean over replicas.
    public Reading gaugePerReplica(Fact fact) {
        return per(pods.replicas(), gauge(fact));
    }

    private static Reading per(int number, Reading sum) {
        return sum instanceof Reading.Value(double value, double age)
                ? new Reading.Value(value / Math.max(1, number), age)
                : sum;
    }

    private Reading overPods(Wanted wanted, ToDoubleBiFunction<Scrape, Metric> of) {
        var problem = problem();
        if (problem != null) {
            return problem;
        }
        if (pods.live() == 0) {
            return new Reading.Unknown(
                    "no %s pod answers any more%s"
                            .formatted(source.label(), note.isEmpty() ? "" : ": " + note));
        }
        if (pods.current().size() < ANSWERING_MIN * pods.live()) {
            return new Reading.Stale(pods.ageSeconds());
        }
        @Nullable String name = null;
        double sum = 0;
        int exposing = 0;
        for (var voice : pods.current()) {
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
        return exposing < ANSWERING_MIN * pods.live()
                ? new Reading.Unknown(
                        "only %d of %d %s pods expose %s"
                                .formatted(exposing, pods.live(), source.label(), name))
                : reading(sum * pods.live() / exposing, name);
    }

    private Reading tooFew() {
        var late = pods.late();
        if (late != null) {
            return new Reading.Unknown(late);
        }
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
        return Double.isFinite(pods.ageSeconds()) ? pods.ageSeconds() : 0;
    }
}
