package dev.ratematch.controller.move;

import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A Deployment and the HPA that scales it to a published count: it looks now and then, sees what
/// was published a while ago, and waits before it shrinks. Pods take their time to start and drain.
final class FollowedPool {

    private static final Reading UNKNOWN = new Reading.Unknown("not given");

    /// How an HPA follows.
    ///
    /// @param periodSeconds between two looks
    /// @param lagSeconds how old what it sees is: scrape interval, metrics adapter
    /// @param stabilizationSeconds the window whose highest count holds before shrinking
    record Pace(int periodSeconds, int lagSeconds, int stabilizationSeconds) {}

    private static final class Pod {
        private double scheduledAt;
        private double readyAt;
        private double goneAt = Double.POSITIVE_INFINITY;
    }

    private record Seen(double at, int count) {}

    private final RandomGenerator random;
    private final Pace pace;
    private final List<Pod> pods = new ArrayList<>();
    private final List<Seen> published = new ArrayList<>();
    private final List<Seen> looked = new ArrayList<>();
    private int desired;
    private double saidSince;

    FollowedPool(int replicas, Pace pace, RandomGenerator random) {
        this.random = random;
        this.pace = pace;
        this.desired = replicas;
        for (int i = 0; i < replicas; i++) {
            pods.add(new Pod());
        }
    }

    int desired() {
        return desired;
    }

    /// Since when the count has been published that the HPA saw when it looked last.
    double saidSince() {
        return saidSince;
    }

    void publish(int count, double now) {
        if (published.isEmpty() || published.getLast().count() != count) {
            published.add(new Seen(now, count));
        }
    }

    /// Lets the HPA look, where it is time, and the pods go on.
    void runUntil(double now) {
        if (now % pace.periodSeconds() == 0) {
            look(now);
        }
        pods.removeIf(pod -> pod.goneAt <= now);
        var alive = new ArrayList<>(pods);
        alive.removeIf(pod -> pod.goneAt < Double.POSITIVE_INFINITY);
        for (int i = alive.size(); i < desired; i++) {
            var pod = new Pod();
            pod.scheduledAt = now + random.nextDouble(20);
            pod.readyAt = pod.scheduledAt + random.nextDouble(20, 120);
            pods.add(pod);
        }
        for (int i = alive.size() - 1; i >= desired; i--) {
            var pod = alive.get(i);
            pod.goneAt = now + (pod.readyAt <= now ? random.nextDouble(90) : 0.5);
        }
    }

    private void look(double now) {
        int seen = -1;
        for (var each : published) {
            if (each.at() <= now - pace.lagSeconds()) {
                seen = each.count();
                saidSince = each.at();
            }
        }
        if (seen < 0) {
            return;
        }
        looked.add(new Seen(now, seen));
        looked.removeIf(each -> each.at() < now - pace.stabilizationSeconds());
        int highest = looked.stream().mapToInt(Seen::count).max().orElse(seen);
        desired = Math.max(seen, Math.min(desired, highest));
    }

    /// Replicas that hold GPUs or are about to.
    int held() {
        long leaving = pods.stream().filter(pod -> pod.goneAt < Double.POSITIVE_INFINITY).count();
        return (int) leaving + Math.max(desired, pods.size() - (int) leaving);
    }

    PoolReading reading(double now, double queued, double running) {
        int ready = 0;
        int starting = 0;
        int pending = 0;
        int draining = 0;
        for (var pod : pods) {
            if (pod.goneAt < Double.POSITIVE_INFINITY) {
                draining++;
            } else if (pod.readyAt <= now) {
                ready++;
            } else if (pod.scheduledAt <= now) {
                starting++;
            } else {
                pending++;
            }
        }
        var counts = new FleetCounts(desired, ready, starting, pending, draining, 0);
        return new PoolReading(
                Reading.of(counts.desired()),
                Reading.of(counts.ready()),
                Reading.of(counts.starting()),
                Reading.of(counts.pending()),
                Reading.of(counts.draining()),
                Reading.of(0),
                Reading.of(queued),
                UNKNOWN,
                Reading.of(running),
                UNKNOWN,
                UNKNOWN,
                UNKNOWN);
    }

    @Override
    public String toString() {
        return "desired %d, held %d, %s".formatted(desired, held(), pace);
    }
}
