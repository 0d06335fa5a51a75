package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The last scrapes of the pods of one role, from which increases over a window are taken. Confined
/// to one thread; a [ScrapeWindow] taken from it does not change.
///
/// A counter that falls means that the process began again, so everything since counts from zero. A
/// pod that leaves keeps the increase until it was last seen. A pod that appears counts from zero
/// when it is known to have begun after the round before, else from its first sight.
public final class ScrapeHistory {

    private final Source source;
    private final double retainSeconds;
    private final double staleSeconds;
    private final TreeMap<String, Pod> pods = new TreeMap<>();
    private double lastRoundSeconds = Double.NaN;
    private String note = "";

    /// One successful scrape.
    ///
    /// @param reset whether the process began again since the point before
    record Point(double atSeconds, Voice voice, boolean reset) {}

    /// One pod and what it said, oldest first.
    static final class Pod {
        final String name;
        final List<Point> points = new ArrayList<>();
        String replica = "";
        boolean fromZero;
        boolean live;
        String error = "";

        Pod(String name) {
            this.name = name;
        }

        @Nullable Point last() {
            return points.isEmpty() ? null : points.getLast();
        }
    }

    /// An empty history.
    ///
    /// @param source what its pods are
    /// @param retainSeconds longest window that will be asked for
    /// @param staleSeconds age from which a scrape is not acted on any more
    public ScrapeHistory(Source source, double retainSeconds, double staleSeconds) {
        this.source = source;
        this.retainSeconds = retainSeconds;
        this.staleSeconds = staleSeconds;
    }

    /// Adds one round: all pods that should have answered. A pod not named has left. One that was
    /// scraped several times since the last round is named as often, oldest first.
    ///
    /// @param atSeconds later than the round before
    public void append(double atSeconds, Collection<PodScrape> round) {
        append(atSeconds, round, "");
    }

    /// Adds a round about which there is something to say, such as why it is empty.
    public void append(double atSeconds, Collection<PodScrape> round, String note) {
        advance(atSeconds, note);
        for (var pod : pods.values()) {
            pod.live = false;
        }
        for (var answer : round) {
            var pod = pods.get(answer.pod());
            if (pod == null) {
                pod = new Pod(answer.pod());
                pod.fromZero = begunSince(answer, lastRoundSeconds);
                pods.put(answer.pod(), pod);
            }
            pod.live = true;
            pod.replica = answer.replica();
            pod.error = answer.error();
            if (answer.scrape() != null) {
                add(pod, answer, answer.scrape(), atSeconds);
            }
        }
        lastRoundSeconds = atSeconds;
        prune(atSeconds - retainSeconds);
    }

    /// Adds a round in which nobody could be asked. Pods are where they were, only older.
    public void silent(double atSeconds, String why) {
        advance(atSeconds, why);
        lastRoundSeconds = atSeconds;
        prune(atSeconds - retainSeconds);
    }

    /// Adds a round of which nothing may be concluded, nor of those before it.
    public void refuse(double atSeconds, String why) {
        silent(atSeconds, why);
        pods.clear();
    }

    private void advance(double atSeconds, String why) {
        if (!Double.isFinite(atSeconds) || atSeconds <= lastRoundSeconds) {
            throw new IllegalArgumentException(
                    "atSeconds (%s) must be later than the last round (%s)."
                            .formatted(atSeconds, lastRoundSeconds));
        }
        note = why;
    }

    private static void add(Pod pod, PodScrape answer, Scrape scrape, double roundSeconds) {
        double own = answer.scrapedAtSeconds();
        double at = Double.isNaN(own) ? roundSeconds : own;
        var before = pod.last();
        if (before == null || at > before.atSeconds()) {
            boolean reset = before != null && fell(before.voice().scrape(), scrape);
            pod.points.add(new Point(at, new Voice(scrape, answer.dialects()), reset));
        }
    }

    /// Without a stated start, a pod that an earlier round did not name is new; one that was named
    /// and did not answer is not known to be. In the very first round every pod is old.
    private static boolean begunSince(PodScrape answer, double previousRoundSeconds) {
        if (Double.isNaN(previousRoundSeconds)) {
            return false;
        }
        return Double.isNaN(answer.startedAtSeconds())
                ? answer.scrape() != null
                : answer.startedAtSeconds() >= previousRoundSeconds;
    }

    /// Whether any counter is lower than before. One is enough: all of them live in one process.
    private static boolean fell(Scrape before, Scrape after) {
        for (int i = 0; i < after.size(); i++) {
            if (after.series(i).cumulative() && after.value(i) < before.value(after.series(i), i)) {
                return true;
            }
        }
        return false;
    }

    private void prune(double horizonSeconds) {
        for (var pod : pods.values()) {
            int first = 0;
            while (first + 1 < pod.points.size()
                    && pod.points.get(first + 1).atSeconds() <= horizonSeconds) {
                first++;
            }
            if (first > 0) {
                pod.points.subList(0, first).clear();
                pod.fromZero = false;
            }
        }
        pods.values()
                .removeIf(
                        pod -> {
                            var last = pod.last();
                            return !pod.live
                                    && (last == null || last.atSeconds() <= horizonSeconds);
                        });
    }

    /// What happened in the window that ends now.
    public ScrapeWindow window(double nowSeconds, double windowSeconds) {
        return new ScrapeWindow(
                source, note, nowSeconds, windowSeconds, staleSeconds, List.copyOf(pods.values()));
    }
}
