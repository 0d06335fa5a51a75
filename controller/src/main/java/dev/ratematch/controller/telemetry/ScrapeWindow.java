package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// What the pods of one role exposed over one window: increases of counters and histograms summed
/// over pods, gauges of the pods that still answer. Where several names are given, the first that
/// any pod exposes is read, so that renamed metrics are found and twins are not added up.
public final class ScrapeWindow {

    /// Scrape times wander a little; a base this much late is still the base.
    private static final double SLACK_SECONDS = 0.5;

    /// A gauge over a pool is scaled up for silent pods as long as this share answers.
    private static final double ANSWERING_MIN = 0.5;

    private final String role;
    private final double ageSeconds;
    private final double staleSeconds;
    private final double coveredSeconds;
    private final List<Life> lives = new ArrayList<>();
    private final List<Scrape> current = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private int livePods;

    /// One uninterrupted life of a process within the window; a null start is zero.
    private record Life(@Nullable Scrape start, Scrape end, boolean first, boolean last) {}

    ScrapeWindow(
            String role,
            double nowSeconds,
            double windowSeconds,
            double staleSeconds,
            List<ScrapeHistory.Pod> pods) {
        this.role = role;
        this.staleSeconds = staleSeconds;
        double newest = Double.NEGATIVE_INFINITY;
        double covered = 0;
        int continuing = 0;
        for (var pod : pods) {
            if (pod.live && !pod.error.isEmpty()) {
                warnings.add("%s pod %s: %s".formatted(role, pod.name, pod.error));
            }
            var last = pod.last();
            livePods += pod.live && last != null ? 1 : 0;
            if (last == null) {
                continue;
            }
            if (pod.live) {
                newest = Math.max(newest, last.atSeconds());
                if (nowSeconds - last.atSeconds() <= staleSeconds) {
                    current.add(last.scrape());
                }
            }
            double since = cut(pod, nowSeconds - windowSeconds + SLACK_SECONDS);
            if (pod.live && since < last.atSeconds()) {
                covered += last.atSeconds() - since;
                continuing++;
            }
        }
        this.ageSeconds = Math.max(0, nowSeconds - newest);
        this.coveredSeconds = continuing > 0 ? covered / continuing : Double.NaN;
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
        @Nullable Scrape start = zero ? null : points.get(base).scrape();
        boolean first = true;
        for (int i = zero ? base : base + 1; i < points.size(); i++) {
            if (points.get(i).reset() && i > base) {
                lives.add(new Life(start, points.get(i - 1).scrape(), first, false));
                start = null;
                first = false;
            }
        }
        lives.add(new Life(start, points.getLast().scrape(), first, true));
        return zero ? Double.POSITIVE_INFINITY : points.get(base).atSeconds();
    }

    /// Mean length that the increases really cover, seconds.
    public Reading coveredSeconds() {
        var problem = problem();
        return problem != null ? problem : reading(coveredSeconds, "two scrapes of one pod");
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
                            ? "no %s pod has been scraped".formatted(role)
                            : warnings.getFirst());
        }
        return livePods > 0 && ageSeconds > staleSeconds ? new Reading.Stale(ageSeconds) : null;
    }

    /// The first of the names that anything exposes; null when none is.
    private @Nullable String present(String suffix, String... names) {
        for (String name : names) {
            for (String spelling : List.of(name, name.replace(':', '_'))) {
                for (var scrape : current) {
                    if (scrape.has(spelling + suffix)) {
                        return spelling;
                    }
                }
                for (var life : lives) {
                    if (life.end().has(spelling + suffix)) {
                        return spelling;
                    }
                }
            }
        }
        return null;
    }

    private Reading absent(String... names) {
        return new Reading.Unknown("no %s pod exposes %s".formatted(role, names[0]));
    }

    /// Increase of a counter over the window.
    public Reading increase(String... names) {
        return increase(_ -> true, names);
    }

    /// Increase of those series of a counter that pass.
    public Reading increase(Predicate<Series> which, String... names) {
        var problem = problem();
        if (problem != null) {
            return problem;
        }
        String name = present("", names);
        if (name == null) {
            return absent(names);
        }
        if (lives.isEmpty()) {
            return tooFew();
        }
        double sum = 0;
        for (var life : lives) {
            double before = life.start() == null ? 0 : total(life.start(), name, which);
            sum += Math.max(0, total(life.end(), name, which) - before);
        }
        return reading(sum, name);
    }

    /// A histogram over the window.
    public Tally histogram(String... families) {
        var problem = problem();
        if (problem != null) {
            return new Tally(Histogram.EMPTY, problem, 0);
        }
        String family = present("_count", families);
        if (family == null) {
            return new Tally(Histogram.EMPTY, absent(families), 0);
        }
        if (lives.isEmpty()) {
            return new Tally(Histogram.EMPTY, tooFew(), 0);
        }
        var sum = Histogram.EMPTY;
        for (var life : lives) {
            var end = Histogram.of(life.end(), family);
            sum =
                    sum.plus(
                            life.start() == null
                                    ? end
                                    : end.since(Histogram.of(life.start(), family)));
        }
        boolean number = Double.isFinite(sum.sum()) && Double.isFinite(sum.count());
        return number
                ? new Tally(sum, null, shownAge())
                : new Tally(Histogram.EMPTY, noNumber(family), 0);
    }

    /// Sum of a gauge over the pods that answer, scaled up for the few that do not.
    public Reading gauge(String... names) {
        return gauge(_ -> true, names);
    }

    /// The same for those series that pass.
    public Reading gauge(Predicate<Series> which, String... names) {
        return overPods(scrapes -> sum(scrapes, which, false, names), names);
    }

    /// Mean of a gauge over all its series, for shares.
    public Reading gaugeMean(String... names) {
        var sum = overPods(scrapes -> sum(scrapes, _ -> true, true, names), names);
        return sum instanceof Reading.Value(double value, double age)
                ? new Reading.Value(value / Math.max(1, livePods), age)
                : sum;
    }

    /// Sum over the pods that answer of what `ofPod` reads from each; NaN means unreadable.
    Reading sum(String name, ToDoubleFunction<Scrape> ofPod) {
        return overPods(
                scrapes -> {
                    double sum = 0;
                    for (var scrape : scrapes) {
                        sum += ofPod.applyAsDouble(scrape);
                    }
                    return sum;
                },
                name);
    }

    /// How many pods answer, as far as readings are concerned.
    int pods() {
        return livePods;
    }

    private Reading overPods(ToDoubleFunction<List<Scrape>> of, String... names) {
        var problem = problem();
        if (problem != null) {
            return problem;
        }
        if (livePods == 0) {
            return new Reading.Unknown("no %s pod answers any more".formatted(role));
        }
        if (current.size() < ANSWERING_MIN * livePods) {
            return new Reading.Stale(ageSeconds);
        }
        String name = present("", names);
        return name == null
                ? absent(names)
                : reading(of.applyAsDouble(current) * livePods / current.size(), name);
    }

    private double sum(
            List<Scrape> scrapes, Predicate<Series> which, boolean mean, String... names) {
        String name = present("", names);
        if (name == null) {
            return 0;
        }
        double sum = 0;
        for (var scrape : scrapes) {
            double of = total(scrape, name, which);
            sum += mean ? of / Math.max(1, scrape.indices(name).length) : of;
        }
        return sum;
    }

    /// Growth of a gauge over the window. What a pod held when it left counts as done, not as gone:
    /// pods leave by draining.
    public Reading growth(String... names) {
        var problem = problem();
        if (problem != null) {
            return problem;
        }
        String name = present("", names);
        if (name == null) {
            return absent(names);
        }
        if (lives.isEmpty()) {
            return tooFew();
        }
        double growth = 0;
        for (var life : lives) {
            growth += life.last() ? total(life.end(), name, _ -> true) : 0;
            growth -= life.start() == null ? 0 : total(life.start(), name, _ -> true);
        }
        return reading(growth, name);
    }

    private static double total(Scrape scrape, String name, Predicate<Series> which) {
        double total = 0;
        for (int index : scrape.indices(name)) {
            total += which.test(scrape.series(index)) ? scrape.value(index) : 0;
        }
        return total;
    }

    private Reading tooFew() {
        return new Reading.Unknown(
                "one scrape of the %s pods so far; an increase needs two".formatted(role));
    }

    private Reading noNumber(String name) {
        return new Reading.Unknown("%s of the %s pods is no number".formatted(name, role));
    }

    private Reading reading(double value, String name) {
        return Double.isFinite(value) ? new Reading.Value(value, shownAge()) : noNumber(name);
    }

    private double shownAge() {
        return Double.isFinite(ageSeconds) ? ageSeconds : 0;
    }
}
