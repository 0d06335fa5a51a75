package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.telemetry.dialect.Dialect;
import dev.ratematch.controller.telemetry.dialect.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The lives that pods of one kind led within one window, and what they said last.
final class PodLives {

    /// Scrape times wander a little; a base this much late is still the base.
    private static final double SLACK_SECONDS = 0.5;

    /// One uninterrupted life of a process within the window; a null start is zero.
    record Life(@Nullable Scrape start, Voice end, boolean last) {}

    private final Source source;
    private final double nowSeconds;
    private final double windowSeconds;
    private final double staleSeconds;
    private final List<Life> lives = new ArrayList<>();
    private final List<List<ScrapeHistory.Point>> spans = new ArrayList<>();
    private final List<Voice> current = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> replicas = new HashSet<>();
    private final Set<String> answering = new HashSet<>();
    private int live;
    private int seen;
    private int broken;
    private int continuing;
    private double covered;
    private double newest = Double.NEGATIVE_INFINITY;
    private double oldest = Double.POSITIVE_INFINITY;
    private double newestEver = Double.NEGATIVE_INFINITY;

    PodLives(
            Source source,
            String note,
            double nowSeconds,
            double windowSeconds,
            double staleSeconds,
            List<ScrapeHistory.Pod> pods) {
        this.source = source;
        this.nowSeconds = nowSeconds;
        this.windowSeconds = windowSeconds;
        this.staleSeconds = staleSeconds;
        if (!note.isEmpty()) {
            warnings.add("%s: %s".formatted(source.label(), note));
        }
        for (var pod : pods) {
            if (pod.live && !pod.error.isEmpty()) {
                warnings.add("%s pod %s: %s".formatted(source.label(), pod.name, pod.error));
            }
            var last = pod.last();
            if (pod.live && last != null) {
                live++;
                replicas.add(pod.replica);
            }
            if (last != null) {
                add(pod, last);
            }
        }
        if (warnings.isEmpty() && live > 0 && ageSeconds() > staleSeconds) {
            warnings.add(Lateness.text(source.label(), ageSeconds(), windowSeconds));
        }
    }

    private void add(ScrapeHistory.Pod pod, ScrapeHistory.Point last) {
        newestEver = Math.max(newestEver, last.atSeconds());
        boolean answers = pod.live && nowSeconds - last.atSeconds() <= staleSeconds;
        if (pod.live) {
            newest = Math.max(newest, last.atSeconds());
        }
        if (answers) {
            current.add(last.voice());
            answering.add(pod.replica);
            oldest = Math.min(oldest, last.atSeconds());
        }
        int before = lives.size();
        double since = cut(pod, nowSeconds - windowSeconds + SLACK_SECONDS);
        if (pod.live && since < last.atSeconds()) {
            covered += last.atSeconds() - since;
            continuing++;
        }
        int led = lives.size() - before;
        seen += led > 0 ? 1 : 0;
        boolean whole = answers && pod.error.isEmpty() && led == 1 && Double.isFinite(since);
        broken += led > 0 && !whole ? 1 : 0;
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
        spans.add(List.copyOf(points.subList(base, points.size())));
        return zero ? Double.POSITIVE_INFINITY : points.get(base).atSeconds();
    }

    /// All lives, in the order of the pods.
    List<Life> lives() {
        return lives;
    }

    /// All scrapes of each pod that the window holds, from the one on that it begins with.
    List<List<ScrapeHistory.Point>> spans() {
        return spans;
    }

    /// What the pods said last that answer.
    List<Voice> current() {
        return current;
    }

    /// What did not answer, for people.
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /// Every dialect that was spoken.
    List<Dialect> dialects() {
        var spoken = new LinkedHashSet<Dialect>();
        current.forEach(voice -> spoken.addAll(voice.dialects()));
        lives.forEach(life -> spoken.addAll(life.end().dialects()));
        return List.copyOf(spoken);
    }

    /// Pods that should answer and have done so at least once.
    int live() {
        return live;
    }

    /// Replicas whose pods should answer and have done so at least once.
    int replicas() {
        return replicas.size();
    }

    /// Replicas of which at least one pod answers.
    int answering() {
        return answering.size();
    }

    /// Whether all that answer have native histograms only, which cannot be read.
    boolean nativeOnly() {
        return !current.isEmpty()
                && current.stream().allMatch(v -> NativeHistograms.only(v.scrape()));
    }

    /// That the store is late, where that is why too few scrapes are in the window; else null.
    @Nullable String late() {
        return Lateness.tells(ageSeconds(), windowSeconds)
                ? Lateness.text(source.label(), ageSeconds(), windowSeconds)
                : null;
    }

    /// Age of the newest answer, seconds. Where all have left, what they said is as old as the last
    /// of it.
    double ageSeconds() {
        return Math.max(0, nowSeconds - (live > 0 ? newest : newestEver));
    }

    /// Whether any pod was there all through the window.
    boolean continues() {
        return continuing > 0;
    }

    /// Mean length that the increases of such pods cover, seconds.
    double coveredSeconds() {
        return covered / continuing;
    }

    /// Share of the pods that came, left, began again or fell silent within the window, so that a
    /// part of what they counted is not known.
    double brokenShare() {
        return seen == 0 ? 0 : (double) broken / seen;
    }

    /// When the pods that answer were last asked, the first of them and the last, seconds.
    double oldestSeconds() {
        return Math.min(oldest, newestEver);
    }

    double newestSeconds() {
        return newestEver;
    }
}
