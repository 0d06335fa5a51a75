package dev.ratematch.harness.cluster;

import dev.ratematch.controller.spec.KvLink;
import dev.ratematch.harness.sim.EventQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// KV on its way from prefill to decode replicas. Every NIC is shared fairly by the transfers on
/// it; the narrower of both ends sets a transfer's rate.
final class Transfers {

    private static final double SECONDS = 1e9;
    private static final int PRIORITY = 3;

    private final EventQueue queue;
    private final PlantSettings settings;
    private final Consumer<Job> arrived;
    private final List<Job> active = new ArrayList<>();

    Transfers(EventQueue queue, PlantSettings settings, Consumer<Job> arrived) {
        this.queue = queue;
        this.settings = settings;
        this.arrived = arrived;
    }

    /// Begins to move the KV of a request whose prefill has ended and whose decode has room.
    void start(Job job) {
        long now = queue.nowNanos();
        double bytes = job.inputTokens() * settings.kvBytesPerToken();
        if (settings.link().mode() == KvLink.Mode.LAYERWISE && job.transferStartNanos >= 0) {
            // What the link carried while prefill ran is gone; the last layer never is.
            double since = (now - job.transferStartNanos) / SECONDS;
            double lastLayer = bytes / settings.layers();
            bytes = Math.max(lastLayer, bytes - since * fullRate());
        } else {
            job.transferStartNanos = now;
        }
        job.bytesLeft = bytes;
        job.transferRate = 0;
        job.transferSettledNanos = now;
        active.add(job);
        share();
    }

    /// Stops moving the KV of a request that is lost.
    void forget(Job job) {
        if (active.remove(job)) {
            job.transferVersion++;
            share();
        }
    }

    private double fullRate() {
        return settings.link().bytesPerSecondPerGpu()
                * Math.min(settings.prefill().gpus(), settings.decode().gpus());
    }

    private void share() {
        long now = queue.nowNanos();
        double egress = settings.link().bytesPerSecondPerGpu() * settings.prefill().gpus();
        double ingress = settings.link().bytesPerSecondPerGpu() * settings.decode().gpus();
        for (var job : active) {
            int leaving = 0;
            int entering = 0;
            for (var other : active) {
                leaving += other.prefill == job.prefill ? 1 : 0;
                entering += other.decode == job.decode ? 1 : 0;
            }
            double rate = Math.min(egress / leaving, ingress / entering);
            if (rate != job.transferRate) {
                job.bytesLeft -= job.transferRate * (now - job.transferSettledNanos) / SECONDS;
                job.bytesLeft = Math.max(0, job.bytesLeft);
                job.transferSettledNanos = now;
                job.transferRate = rate;
                int mine = ++job.transferVersion;
                long end = now + Math.max(1, Math.round(SECONDS * job.bytesLeft / rate));
                queue.schedule(end, PRIORITY, version -> ends(job, version), mine);
            }
        }
    }

    private void ends(Job job, int version) {
        if (version != job.transferVersion) {
            return;
        }
        active.remove(job);
        share();
        long latency = Math.round(SECONDS * settings.link().latencySeconds());
        queue.schedule(queue.nowNanos() + latency, PRIORITY, _ -> arrived.accept(job), 0);
    }
}
