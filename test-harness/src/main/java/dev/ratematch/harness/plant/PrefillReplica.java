package dev.ratematch.harness.plant;

import dev.ratematch.harness.sim.EventQueue;
import dev.ratematch.harness.sim.Noise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// A prefill engine: first come, first served, iterations batched up to a token budget, long
/// prompts in chunks, KV held until decode has it.
final class PrefillReplica implements Replica {

    private static final double SECONDS = 1e9;
    private static final int PRIORITY = 2;

    /// Prefix tokens that outweigh an idler replica, as a share of the prompt.
    private static final double PREFIX_WORTH = 0.5;

    private final EngineContext context;
    private final PoolShape shape;
    private final Noise noise;
    private final double slowness;
    private final EngineId id;
    private final EngineObserver observer;
    private final PrefixCache cache;
    private final ArrayDeque<Job> waiting = new ArrayDeque<>();
    private final List<Job> started = new ArrayList<>();
    private final JobChain holding = new JobChain();
    private final List<Job> done = new ArrayList<>();
    private final EventQueue.Handler iterationEnds = _ -> endIteration();

    /// Transfers that share this replica's NIC on their way out.
    int transfersLeaving;

    /// Prompt tokens of those that wait, and what is left of those that were begun with.
    private long promptTokens;

    private long heldTokens;
    private boolean busy;
    private boolean dead;
    private long iterations;
    private long passNanos;

    PrefillReplica(
            EngineContext context,
            Noise noise,
            double slowness,
            EngineId id,
            EngineObserver observer) {
        this.context = context;
        this.shape = context.settings().prefill();
        this.noise = noise;
        this.slowness = slowness;
        this.id = id;
        this.observer = observer;
        this.cache =
                new PrefixCache((long) (shape.kvTokens() * context.settings().prefixCacheShare()));
    }

    void offer(Job job) {
        job.prefill = this;
        waiting.add(job);
        promptTokens += job.inputTokens();
        startIteration();
    }

    /// How good a home this is for a request: less is better.
    double costFor(Job job, double idlestPressure) {
        double hit = cache.hit(job.request);
        return hit >= PREFIX_WORTH * job.inputTokens() && pressure() < 2 * idlestPressure + 8192
                ? -hit
                : pressure();
    }

    /// Forgets a request that nobody waits for any more, unless it is being computed.
    void forget(Job job) {
        if (waiting.remove(job)) {
            promptTokens -= job.inputTokens();
            startIteration();
            context.relieved();
        }
    }

    /// Decode has read the KV of a request.
    void release(Job job) {
        if (holding.remove(job)) {
            heldTokens -= job.inputTokens();
            startIteration();
            context.relieved();
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
        passNanos = context.queue().nowNanos();
        double spread = context.settings().stepSpread();
        double seconds =
                shape.steps().prefillSeconds(tokens, squares)
                        * slowness
                        * context.drift()
                        * noise.factor(spread);
        long end = context.queue().nowNanos() + Math.max(1, Math.round(seconds * SECONDS));
        context.queue().schedule(end, PRIORITY, iterationEnds, 0);
    }

    private boolean hasRoom(Job job) {
        return heldTokens == 0 || heldTokens + job.inputTokens() <= shape.kvTokens();
    }

    private void begin(Job job) {
        heldTokens += job.inputTokens();
        job.cachedTokens = cache.hit(job.request);
        job.prefilledTokens = job.cachedTokens;
        promptTokens -= job.cachedTokens;
        job.prefillStartNanos = context.queue().nowNanos();
        observer.prefillBegins(job);
        started.add(job);
        context.prefillStarts(job);
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
        long now = context.queue().nowNanos();
        int left = 0;
        for (var job : started) {
            job.prefilledTokens += job.chunkTokens;
            promptTokens -= job.chunkTokens;
            if (job.prefilledTokens == job.inputTokens()) {
                done.add(job);
                holding.add(job);
            } else {
                started.set(left++, job);
            }
        }
        started.subList(left, started.size()).clear();
        for (var job : done) {
            job.prefillEndNanos = now;
            cache.remember(job.request);
            observer.prefilled(job, now, passNanos);
            context.prefillDone(job);
        }
        done.clear();
        startIteration();
    }

    @Override
    public EngineId id() {
        return id;
    }

    @Override
    public EngineObserver observer() {
        return observer;
    }

    @Override
    public int load() {
        return waiting.size() + started.size() + holding.size();
    }

    @Override
    public double pressure() {
        return promptTokens * slowness;
    }

    @Override
    public EngineState state() {
        return new EngineState(
                waiting.size(),
                0,
                0,
                0,
                holding.size(),
                started.size(),
                Math.min(1, (double) heldTokens / shape.kvTokens()),
                promptTokens);
    }

    @Override
    public long iterations() {
        return iterations;
    }

    @Override
    public void kill() {
        dead = true;
        var lost = new ArrayList<Job>(waiting);
        lost.addAll(started);
        holding.drainTo(lost);
        waiting.clear();
        started.clear();
        promptTokens = 0;
        lost.forEach(context::dropped);
    }
}
