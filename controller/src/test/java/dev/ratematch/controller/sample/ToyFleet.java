package dev.ratematch.controller.sample;

import dev.ratematch.controller.observe.FleetCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A pool that follows commanded counts with random delays: pods appear late, are scheduled late,
/// start and drain for random times, and now and then never become ready.
public final class ToyFleet {

    private static final class Pod {
        private double scheduledAt;
        private double readyAt;
        private double goneAt = Double.POSITIVE_INFINITY;
    }

    private final RandomGenerator random;
    private final double stuckShare;
    private final List<Pod> pods = new ArrayList<>();
    private int desired;
    private double actAt;

    /// A pool with `replicas` ready.
    public ToyFleet(int replicas, double stuckShare, RandomGenerator random) {
        this.random = random;
        this.stuckShare = stuckShare;
        this.desired = replicas;
        for (int i = 0; i < replicas; i++) {
            pods.add(new Pod());
        }
    }

    /// Commands a count; the pool acts on it a little later.
    public void command(int replicas, double now) {
        if (replicas != desired) {
            desired = replicas;
            actAt = now + random.nextDouble(3);
        }
    }

    /// Lets time pass up to `now`.
    public void runUntil(double now) {
        pods.removeIf(pod -> pod.goneAt <= now);
        if (now < actAt) {
            return;
        }
        var alive = new ArrayList<>(pods);
        alive.removeIf(pod -> pod.goneAt < Double.POSITIVE_INFINITY);
        for (int i = alive.size(); i < desired; i++) {
            var pod = new Pod();
            pod.scheduledAt = now + random.nextDouble(20);
            pod.readyAt =
                    random.nextDouble() < stuckShare
                            ? Double.POSITIVE_INFINITY
                            : pod.scheduledAt + random.nextDouble(20, 120);
            pods.add(pod);
        }
        for (int i = alive.size() - 1; i >= desired; i--) {
            var pod = alive.get(i);
            boolean serving = pod.readyAt <= now;
            pod.goneAt = now + (serving ? random.nextDouble(90) : 0.5);
        }
    }

    /// What a host would report at `now`.
    public FleetCounts counts(double now) {
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
        return new FleetCounts(desired, ready, starting, pending, draining, 0);
    }
}
