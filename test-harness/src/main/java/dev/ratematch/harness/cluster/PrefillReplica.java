package dev.ratematch.harness.cluster;

import dev.ratematch.harness.sim.Noise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// A prefill engine: first come, first served, iterations batched up to a token budget, long
/// prompts in chunks, KV held until decode has it.
final class PrefillReplica implements Replica {

    private static final double SECONDS = 1e9;
    private static final int PRIORITY = 2;

    /// Prefix tokens that outweigh an idler replica, as a share of the prompt.
    private static final double PREFIX_WORTH = 0.5;

    private final Floor floor;
    private final PoolShape shape;
    private final Noise noise;
    private final double slowness;
    private final EngineMetrics metrics;
    private final PrefixCache cache;
    private final ArrayDeque<Job> waiting = new ArrayDeque<>();
    private final List<Job> started = new ArrayList<>();
    private final LinkedHashSet<Job> holding = new LinkedHashSet<>();

    /// Transfers that share this replica's NIC on their way out.
    int transfersLeaving;

    private long waitingTokens;
    private long heldTokens;
    private boolean busy;
    private boolean dead;
    private long iterations;
    private long passNanos;

    PrefillReplica(Floor floor, Noise noise, double slowness, EngineMetrics metrics) {
        this.floor = floor;
        this.shape = floor.settings().prefill();
        this.noise = noise;
        this.slowness = slowness;
        this.metrics = metrics;
        this.cache =
                new PrefixCache((long) (shape.kvTokens() * floor.settings().prefixCacheShare()));
    }

    void offer(Job job) {
        job.prefill = this;
        waiting.add(job);
        waitingTokens += job.inputTokens();
        startIteration();
    }

    /// How good a home this is for a request: less is better.
    double costFor(Job job, double idlestPressure) {
        double hit = cache.hit(job.request);
        return hit >= PREFIX_WORTH * job.inputTokens() && pressure() < 2 * idlestPressure + 8192
                ? -hit
                : pressure();
    }

    /// Decode has read the KV of a request.
    void release(Job job) {
        if (holding.remove(job)) {
            heldTokens -= job.inputTokens();
            startIteration();
            floor.relieved();
        }
    }

    private void startIteration() {
        if (busy || dead) {
            return;
        }
        int budget = shape.maxBatchedTokens();
        double squares = 0;
        int tokens = 0;
        for (var job : started) {
            job.chunkTokens = Math.min(job.inputTokens() - job.prefilledTokens, budget - tokens);
            tokens += job.chunkTokens;
            squares += squares(job);
        }
        while (tokens < budget && !waiting.isEmpty() && hasRoom(waiting.getFirst())) {
            var job = waiting.removeFirst();
            begin(job);
            job.chunkTokens = Math.min(job.inputTokens() - job.prefilledTokens, budget - tokens);
            tokens += job.chunkTokens;
            squares += squares(job);
        }
        if (tokens == 0) {
            return;
        }
        busy = true;
        iterations++;
        passNanos = floor.queue().nowNanos();
        double spread = floor.settings().stepSpread();
        double seconds =
                shape.steps().prefillSeconds(tokens, squares)
                        * slowness
                        * floor.drift()
                        * noise.factor(spread);
        long end = floor.queue().nowNanos() + Math.max(1, Math.round(seconds * SECONDS));
        floor.queue().schedule(end, PRIORITY, _ -> endIteration(), 0);
    }

    private boolean hasRoom(Job job) {
        return heldTokens == 0 || heldTokens + job.inputTokens() <= shape.kvTokens();
    }

    private void begin(Job job) {
        waitingTokens -= job.inputTokens();
        heldTokens += job.inputTokens();
        job.cachedTokens = cache.hit(job.request);
        job.prefilledTokens = job.cachedTokens;
        job.prefillStartNanos = floor.queue().nowNanos();
        metrics.prefixQueries += job.inputTokens();
        metrics.prefixHits += job.cachedTokens;
        started.add(job);
        floor.prefillStarts(job);
    }

    private static double squares(Job job) {
        double before = job.prefilledTokens;
        double after = before + job.chunkTokens;
        return after * after - before * before;
    }

    private void endIteration() {
        if (dead) {
            return;
        }
        busy = false;
        long now = floor.queue().nowNanos();
        var done = new ArrayList<Job>();
        for (var job : started) {
            job.prefilledTokens += job.chunkTokens;
            if (job.prefilledTokens == job.inputTokens()) {
                done.add(job);
            }
        }
        started.removeAll(done);
        holding.addAll(done);
        for (var job : done) {
            job.prefillEndNanos = now;
            cache.remember(job.request);
            metrics.prefilled(job, now, passNanos);
            floor.prefillDone(job);
        }
        startIteration();
    }

    /// Iterations begun so far.
    long iterations() {
        return iterations;
    }

    @Override
    public int load() {
        return waiting.size() + started.size() + holding.size();
    }

    @Override
    public double pressure() {
        return promptTokens() * slowness;
    }

    @Override
    public long promptTokens() {
        long tokens = waitingTokens;
        for (var job : started) {
            tokens += job.inputTokens() - job.prefilledTokens;
        }
        return tokens;
    }

    @Override
    public void settle() {}

    @Override
    public EngineMetrics metrics() {
        return metrics;
    }

    @Override
    public int waiting() {
        return waiting.size();
    }

    @Override
    public int waitingForKv() {
        return 0;
    }

    @Override
    public int held() {
        return holding.size();
    }

    @Override
    public int running() {
        return started.size();
    }

    @Override
    public double kvUsed() {
        return Math.min(1, (double) heldTokens / shape.kvTokens());
    }

    @Override
    public void kill() {
        dead = true;
        var lost = new ArrayList<Job>(waiting);
        lost.addAll(started);
        lost.addAll(holding);
        waiting.clear();
        started.clear();
        holding.clear();
        lost.forEach(floor::dropped);
    }
}
