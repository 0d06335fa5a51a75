package dev.ratematch.harness.cluster;

import dev.ratematch.harness.sim.Noise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/// A decode engine: continuous batching, one token per sequence and step, admission by sequences
/// and KV room, the newest sequence preempted and recomputed when KV runs out.
///
/// Steps between two changes of the batch have a closed form (the resident tokens grow by the batch
/// size each step), so up to `STRIDE` of them are one event. Whoever needs the state in between
/// settles it first.
final class DecodeReplica implements Replica {

    private static final double SECONDS = 1e9;
    private static final int PRIORITY = 1;
    private static final int STRIDE = 32;

    /// Share of KV kept free at admission, so that running sequences can grow.
    private static final double WATERMARK = 0.02;

    private final Floor floor;
    private final PoolShape shape;
    private final Noise noise;
    private final double slowness;
    private final EngineMetrics metrics;

    /// Requests that were given to this replica at their arrival and are in prefill still.
    private final Set<Job> expected = new HashSet<>();

    private final ArrayDeque<Job> waiting = new ArrayDeque<>();
    private final ArrayList<Job> inbound = new ArrayList<>();
    private final ArrayDeque<Job> joining = new ArrayDeque<>();
    private final PriorityQueue<Job> batch =
            new PriorityQueue<>(
                    Comparator.comparingLong(Job::finishStep).thenComparingInt(j -> j.index));
    private final ArrayList<Job> byAge = new ArrayList<>();
    private final List<Job> fresh = new ArrayList<>();

    /// Transfers that share this replica's NIC on their way in.
    int transfersEntering;

    /// KV tokens of the sequences in the batch, at the last settled step.
    private long residentTokens;

    /// KV tokens promised to requests that are not in the batch yet.
    private long reservedTokens;

    private long stepsDone;
    private long totalSteps;

    private boolean striding;
    private boolean dead;
    private long strideStart;
    private int strideSteps;
    private int strideSettled;
    private double strideFactor;
    private double strideStall;
    private int version;

    DecodeReplica(Floor floor, Noise noise, double slowness, EngineMetrics metrics) {
        this.floor = floor;
        this.shape = floor.settings().decode();
        this.noise = noise;
        this.slowness = slowness;
        this.metrics = metrics;
    }

    /// A request will come here when it has been prefilled.
    void expect(Job job) {
        expected.add(job);
        job.partner = this;
    }

    /// A request that wants room here. Its KV is elsewhere still.
    void offer(Job job) {
        job.decode = this;
        expected.remove(job);
        waiting.add(job);
        admit();
    }

    /// Takes the request at once when there is room for its KV, for transfers that begin before
    /// prefill has ended.
    boolean offerIfRoom(Job job) {
        if (!waiting.isEmpty() || !hasRoom(job)) {
            return false;
        }
        job.decode = this;
        expected.remove(job);
        admit(job);
        return true;
    }

    /// The KV of an admitted request is here.
    void arrived(Job job) {
        if (inbound.remove(job)) {
            int tokens = job.inputTokens();
            metrics.promptTokensTotal += tokens;
            metrics.transferredTokensTotal += tokens;
            join(job);
        }
    }

    /// Forgets a request that was lost elsewhere.
    void forget(Job job) {
        if (expected.remove(job) || waiting.remove(job)) {
            return;
        }
        if (inbound.remove(job)) {
            reservedTokens -= job.inputTokens();
            admit();
        }
    }

    private void admit() {
        while (!waiting.isEmpty() && hasRoom(waiting.getFirst())) {
            var job = waiting.removeFirst();
            if (job.generatedBefore > 0) {
                reservedTokens += tokensOf(job);
                join(job);
            } else {
                admit(job);
                floor.admitted(job);
            }
        }
    }

    private void admit(Job job) {
        job.admitted = true;
        reservedTokens += job.inputTokens();
        inbound.add(job);
    }

    private boolean hasRoom(Job job) {
        int sequences = batch.size() + inbound.size() + joining.size();
        if (sequences >= shape.maxSequences()) {
            return false;
        }
        if (sequences == 0) {
            return true;
        }
        double limit = shape.kvTokens() * (1 - WATERMARK);
        return residentTokens + reservedTokens + tokensOf(job) <= limit;
    }

    private static long tokensOf(Job job) {
        return (long) job.inputTokens() + job.generatedBefore;
    }

    private void join(Job job) {
        joining.add(job);
        if (!striding) {
            startStride();
        } else {
            cutStride();
        }
    }

    private void startStride() {
        if (dead) {
            return;
        }
        double stall = 0;
        while (!joining.isEmpty()) {
            var job = joining.removeFirst();
            long tokens = tokensOf(job);
            reservedTokens -= tokens;
            residentTokens += tokens;
            if (job.generatedBefore > 0) {
                stall += shape.steps().prefillSeconds((double) tokens, (double) tokens * tokens);
            }
            job.joinedAtStep = stepsDone;
            job.inBatch = true;
            batch.add(job);
            byAge.add(job);
            fresh.add(job);
        }
        if (batch.isEmpty()) {
            striding = false;
            return;
        }
        striding = true;
        strideStart = floor.queue().nowNanos();
        strideSettled = 0;
        strideStall = stall;
        strideFactor = slowness * floor.drift() * noise.factor(floor.settings().stepSpread());
        long untilFinish = batch.element().finishStep() - stepsDone;
        long untilFull = (shape.kvTokens() - residentTokens) / batch.size();
        strideSteps = Math.clamp(Math.min(untilFinish, untilFull), 1, STRIDE);
        schedule();
    }

    private void schedule() {
        int mine = ++version;
        long end = strideStart + nanosAfter(strideSteps);
        floor.queue().schedule(end, PRIORITY, this::strideEnds, mine);
    }

    /// Nanoseconds from the stride's start to the end of its step number `steps`. Counted from the
    /// resident tokens at the start, whatever has been settled since.
    private long nanosAfter(int steps) {
        if (steps == 0) {
            return 0;
        }
        int sequences = batch.size();
        double resident = residentTokens - (double) strideSettled * sequences;
        double first = shape.steps().decodeSeconds(sequences, resident);
        double growth = shape.steps().perResident() * sequences;
        double seconds = steps * first + growth * steps * (steps - 1.0) / 2;
        return Math.max(steps, Math.round(SECONDS * (strideStall + strideFactor * seconds)));
    }

    /// Lets the stride end with the step that is under way.
    private void cutStride() {
        settle();
        if (strideSettled + 1 < strideSteps) {
            strideSteps = strideSettled + 1;
            schedule();
        }
    }

    private void strideEnds(int mine) {
        if (mine != version || dead) {
            return;
        }
        settleTo(strideSteps);
        long now = floor.queue().nowNanos();
        boolean finished = false;
        while (!batch.isEmpty() && batch.element().finishStep() <= stepsDone) {
            finish(batch.remove(), now);
            finished = true;
        }
        while (!batch.isEmpty() && residentTokens + batch.size() > shape.kvTokens()) {
            if (batch.size() == 1) {
                break;
            }
            preempt();
        }
        striding = false;
        if (finished) {
            admit();
        }
        if (!striding) {
            startStride();
        }
        if (finished) {
            floor.relieved();
        }
    }

    private void finish(Job job, long now) {
        job.inBatch = false;
        byAge.remove(job);
        residentTokens -= (long) job.inputTokens() + job.outputTokens();
        metrics.decoded(job, now);
        floor.completed(job, now);
    }

    private void preempt() {
        var job = byAge.removeLast();
        batch.remove(job);
        job.inBatch = false;
        fresh.remove(job);
        residentTokens -= tokensOf(job) + stepsDone - job.joinedAtStep;
        job.generatedBefore += (int) (stepsDone - job.joinedAtStep);
        metrics.preempted++;
        waiting.addFirst(job);
    }

    @Override
    public void settle() {
        if (!striding) {
            return;
        }
        long elapsed = floor.queue().nowNanos() - strideStart;
        int low = strideSettled;
        int high = strideSteps - 1; // the last step is settled by its own event
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (nanosAfter(middle) <= elapsed) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        settleTo(low);
    }

    private void settleTo(int steps) {
        int done = steps - strideSettled;
        if (done <= 0) {
            return;
        }
        long from = nanosAfter(strideSettled);
        long to = nanosAfter(steps);
        long tokens = (long) done * batch.size();
        long gaps = tokens;
        if (!fresh.isEmpty()) {
            long first = strideStart + nanosAfter(strideSettled + 1);
            for (var job : fresh) {
                if (job.firstTokenNanos < 0) {
                    job.firstTokenNanos = first;
                    gaps--;
                    metrics.firstToken(job, first);
                    floor.firstToken(job, first);
                }
            }
            fresh.clear();
        }
        if (gaps > 0) {
            metrics.itl.add((to - from) / SECONDS / done, gaps);
        }
        metrics.generationTokensTotal += tokens;
        residentTokens += tokens;
        strideSettled = steps;
        stepsDone += done;
        totalSteps += done;
    }

    /// Decode steps made so far.
    long iterations() {
        return totalSteps;
    }

    /// Sequences here or on their way here.
    int sequences() {
        return batch.size() + joining.size() + inbound.size() + waiting.size() + expected.size();
    }

    @Override
    public int load() {
        return sequences();
    }

    @Override
    public double pressure() {
        return sequences() * slowness;
    }

    @Override
    public EngineMetrics metrics() {
        return metrics;
    }

    @Override
    public int waiting() {
        return waiting.size() + inbound.size();
    }

    @Override
    public int waitingForKv() {
        return waiting();
    }

    @Override
    public int arriving() {
        return inbound.size();
    }

    @Override
    public int expected() {
        return expected.size();
    }

    @Override
    public int running() {
        return batch.size() + joining.size();
    }

    @Override
    public double kvUsed() {
        return Math.min(1, (double) (residentTokens + reservedTokens) / shape.kvTokens());
    }

    @Override
    public void kill() {
        settle();
        dead = true;
        var lost = new ArrayList<Job>(waiting);
        lost.addAll(inbound);
        lost.addAll(joining);
        lost.addAll(byAge);
        waiting.clear();
        inbound.clear();
        joining.clear();
        batch.clear();
        byAge.clear();
        striding = false;
        expected.forEach(job -> job.partner = null);
        expected.clear();
        lost.forEach(floor::dropped);
    }
}
