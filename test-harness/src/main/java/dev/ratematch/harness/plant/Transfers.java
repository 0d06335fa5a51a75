package dev.ratematch.harness.plant;

import dev.ratematch.costmodel.units.Check;
import dev.ratematch.harness.sim.EventQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// KV on its way from prefill to decode replicas. Every NIC is shared fairly by the transfers on
/// it; the narrower of both ends sets a transfer's rate.
final class Transfers {

    private static final double SECONDS = 1e9;
    private static final int PRIORITY = 3;

    private final EventQueue queue;
    private final PlantSettings settings;
    private final Consumer<Job> arrived;
    private final List<Job> active = new ArrayList<>();

    /// Those that are over but for the latency, which is the same for all, so that the first to
    /// come here is the first to arrive.
    private final ArrayDeque<Job> landing = new ArrayDeque<>();

    private final EventQueue.Handler ends = this::ends;
    private final EventQueue.Handler lands = this::lands;
    private final long latencyNanos;
    private @Nullable Job first;
    private int version;
    private double linkShare = 1;

    Transfers(EventQueue queue, PlantSettings settings, Consumer<Job> arrived) {
        this.queue = queue;
        this.settings = settings;
        this.arrived = arrived;
        this.latencyNanos = Math.round(SECONDS * settings.link().latencySeconds());
    }

    /// Begins to move the layers of a request whose prefill begins and whose decode has room. They
    /// take their share of the NICs as any transfer does; the last one follows when prefill ends.
    void stream(Job job) {
        job.transferStartNanos = queue.nowNanos();
        job.streaming = true;
        add(job, bytes(job) * (settings.layers() - 1) / settings.layers());
    }

    private double bytes(Job job) {
        return job.inputTokens() * settings.kvBytesPerToken();
    }

    private void add(Job job, double bytes) {
        job.bytesLeft = bytes;
        job.transferRate = 0;
        job.transferSettledNanos = queue.nowNanos();
        active.add(job);
        count(job, 1);
        share();
    }

    /// Begins to move the KV of a request whose prefill has ended and whose decode has room; of one
    /// that streams what is left of it.
    void start(Job job) {
        if (!job.streaming) {
            job.transferStartNanos = queue.nowNanos();
            add(job, bytes(job));
            return;
        }
        job.streaming = false;
        double lastLayer = bytes(job) / settings.layers();
        if (active.contains(job)) {
            job.bytesLeft += lastLayer;
            share();
        } else {
            add(job, lastLayer);
        }
    }

    /// Lets every NIC carry that share of its bandwidth from now on.
    void slow(double share) {
        Check.within("share of the link", share, 1e-6, 1);
        linkShare = share;
        share();
    }

    private double perGpu() {
        return settings.link().bytesPerSecondPerGpu() * linkShare;
    }

    /// Stops moving the KV of a request that is lost.
    void forget(Job job) {
        if (active.remove(job)) {
            count(job, -1);
            share();
        }
    }

    private static void count(Job job, int change) {
        source(job).transfersLeaving += change;
        target(job).transfersEntering += change;
    }

    private static PrefillReplica source(Job job) {
        if (job.prefill == null) {
            throw new IllegalStateException("No source for the KV of request " + job.index);
        }
        return job.prefill;
    }

    private static DecodeReplica target(Job job) {
        if (job.decode == null) {
            throw new IllegalStateException("No target for the KV of request " + job.index);
        }
        return job.decode;
    }

    /// Shares the NICs anew and schedules the end of the transfer that is done first; every other
    /// end follows from a later sharing.
    private void share() {
        long now = queue.nowNanos();
        int mine = ++version;
        if (active.isEmpty()) {
            return;
        }
        double egress = perGpu() * settings.prefill().gpus();
        double ingress = perGpu() * settings.decode().gpus();
        double soonest = Double.POSITIVE_INFINITY;
        for (var job : active) {
            double since = (now - job.transferSettledNanos) / SECONDS;
            job.bytesLeft = Math.max(0, job.bytesLeft - job.transferRate * since);
            job.transferSettledNanos = now;
            job.transferRate =
                    Math.min(
                            egress / source(job).transfersLeaving,
                            ingress / target(job).transfersEntering);
            double seconds = job.bytesLeft / job.transferRate;
            if (seconds < soonest) {
                soonest = seconds;
                first = job;
            }
        }
        long end = now + Math.max(1, Math.round(SECONDS * soonest));
        queue.schedule(end, PRIORITY, ends, mine);
    }

    private void ends(int mine) {
        var job = first;
        if (mine != version || job == null) {
            return;
        }
        active.remove(job);
        count(job, -1);
        share();
        if (job.streaming) {
            // The layers that are there have gone; the next are not computed yet.
            return;
        }
        landing.add(job);
        queue.schedule(queue.nowNanos() + latencyNanos, PRIORITY, lands, 0);
    }

    private void lands(int unused) {
        arrived.accept(landing.removeFirst());
    }
}
