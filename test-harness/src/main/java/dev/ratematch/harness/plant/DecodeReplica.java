package dev.ratematch.harness.plant;

import dev.ratematch.harness.sim.EventQueue;
import dev.ratematch.harness.sim.Noise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A decode engine: continuous batching, one token per sequence and step, admission by sequences
/// and KV room, the newest sequence preempted and recomputed when KV runs out.
final class DecodeReplica implements Replica {

    private static final int PRIORITY = 1;

    /// Share of KV kept free at admission, so that running sequences can grow.
    private static final double WATERMARK = 0.02;

    private final EngineContext context;
    private final PoolShape shape;
    private final Noise noise;
    private final double slowness;
    private final EngineId id;
    private final EngineObserver observer;

    /// Requests that were given to this replica at their arrival and are in prefill still.
    private final Set<Job> expected = new HashSet<>();

    private final ArrayDeque<Job> waiting = new ArrayDeque<>();
    private final ArrayList<Job> inbound = new ArrayList<>();
    private final ArrayDeque<Job> joining = new ArrayDeque<>();
    private final DecodeBatch batch = new DecodeBatch();

    /// Transfers that share this replica's NIC on their way in.
    int transfersEntering;

    /// Sequences here or on their way here. Every request asks every replica for this, so it is
    /// counted as it changes.
    private int sequences;

    /// KV tokens promised to requests that are not in the batch yet.
    private long reservedTokens;

    private final EventQueue.Handler strideEnds = this::strideEnds;
    private final Stride steps = new Stride();

    /// Tokens that a step of the stride under way yields of a sequence.
    private double accepted = 1;

    /// The steps under way; none while the batch is empty.
    private @Nullable Stride stride;

    /// Told apart by this, the end of a stride that was cut is no event.
    private int version;

    private boolean dead;

    DecodeReplica(
            EngineContext context,
            Noise noise,
            double slowness,
            EngineId id,
            EngineObserver observer) {
        this.context = context;
        this.shape = context.settings().decode();
        this.noise = noise;
        this.slowness = slowness;
        this.id = id;
        this.observer = observer;
    }

    /// A request will come here when it has been prefilled.
    void expect(Job job) {
        if (expected.add(job)) {
            sequences++;
        }
        job.partner = this;
    }

    /// A request that wants room here. Its KV is elsewhere still.
    void offer(Job job) {
        job.decode = this;
        unexpect(job);
        sequences++;
        waiting.add(job);
        admit();
    }

    /// Most engines expect nobody, and hashing a request that was never hashed is dear.
    private void unexpect(Job job) {
        if (!expected.isEmpty() && expected.remove(job)) {
            sequences--;
        }
    }

    /// Takes the request at once when there is room for its KV, for transfers that begin before
    /// prefill has ended.
    boolean offerIfRoom(Job job) {
        if (!waiting.isEmpty() || !hasRoom(job)) {
            return false;
        }
        job.decode = this;
        unexpect(job);
        sequences++;
        admit(job);
        return true;
    }

    /// The KV of an admitted request is here.
    void arrived(Job job) {
        if (inbound.remove(job)) {
            join(job);
        }
    }

    /// Brings first tokens up to the present; whether a request is in the batch or about to be.
    boolean computes(Job job) {
        settle();
        return !expected.contains(job) && !waiting.contains(job) && !inbound.contains(job);
    }

    /// Forgets a request that was lost elsewhere.
    void forget(Job job) {
        if (expected.remove(job) || waiting.remove(job)) {
            sequences--;
            return;
        }
        if (inbound.remove(job)) {
            sequences--;
            reservedTokens -= job.inputTokens();
            admit();
        }
    }

    private void admit() {
        while (!waiting.isEmpty() && hasRoom(waiting.getFirst())) {
            var job = waiting.removeFirst();
            if (job.generatedBefore > 0 || job.another) {
                reservedTokens += job.kvTokens();
                join(job);
            } else {
                admit(job);
                context.admitted(job);
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
        return batch.residentTokens() + reservedTokens + job.kvTokens() <= limit;
    }

    private void join(Job job) {
        joining.add(job);
        var present = stride;
        if (present == null) {
            startStride();
            return;
        }
        settle();
        if (present.cut()) {
            schedule(present);
        }
    }

    private void startStride() {
        if (dead) {
            return;
        }
        double stall = 0;
        while (!joining.isEmpty()) {
            var job = joining.removeFirst();
            long tokens = job.kvTokens();
            reservedTokens -= tokens;
            if (job.generatedBefore > 0) {
                stall += shape.steps().prefillSeconds((double) tokens, (double) tokens * tokens);
            }
            batch.add(job);
        }
        if (batch.isEmpty()) {
            return;
        }
        long untilFull = (shape.kvTokens() - batch.residentTokens()) / batch.size();
        var speculation = context.speculation();
        var times = speculation.perToken(shape.steps());
        accepted = speculation.acceptLength();
        steps.begin(
                context.queue().nowNanos(),
                Math.min(batch.stepsUntilFinish(), untilFull),
                stall,
                slowness * context.drift() * noise.factor(context.settings().stepSpread()),
                times.decodeSeconds(batch.size(), (double) batch.residentTokens()),
                times.perResident() * batch.size());
        stride = steps;
        schedule(steps);
    }

    private void schedule(Stride present) {
        int mine = ++version;
        context.queue().schedule(present.endNanos(), PRIORITY, strideEnds, mine);
    }

    private void strideEnds(int mine) {
        var ended = stride;
        if (mine != version || dead || ended == null) {
            return;
        }
        settleTo(ended, ended.steps());
        stride = null;
        long now = context.queue().nowNanos();
        boolean finished = false;
        while (batch.hasFinished()) {
            var job = batch.removeFinished();
            sequences--;
            observer.decoded(job, now);
            context.completed(job, now);
            finished = true;
        }
        while (batch.size() > 1 && batch.residentTokens() + batch.size() > shape.kvTokens()) {
            waiting.addFirst(batch.removeNewest());
            observer.preempted();
        }
        if (finished) {
            admit();
        }
        if (stride == null) {
            startStride();
        }
        if (finished) {
            context.relieved();
        }
    }

    private void settle() {
        var present = stride;
        if (present != null) {
            settleTo(present, present.endedBy(context.queue().nowNanos()));
        }
    }

    private void settleTo(Stride present, int steps) {
        int done = steps - present.settled();
        if (done <= 0) {
            return;
        }
        long tokens = (long) done * batch.size();
        long gaps = tokens;
        for (var job : batch.fresh()) {
            if (job.firstTokenNanos < 0) {
                job.firstTokenNanos = present.nextNanos();
                gaps--;
                observer.firstToken(job, job.firstTokenNanos);
                context.firstToken(job, job.firstTokenNanos);
            }
        }
        batch.noneIsFresh();
        observer.tokensMade(tokens, gaps, present.settle(steps), accepted);
        batch.step(done);
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
        return sequences;
    }

    @Override
    public double pressure() {
        return sequences * slowness;
    }

    @Override
    public EngineState state() {
        settle();
        int notBegun = waiting.size() + inbound.size();
        long kvInUse = batch.residentTokens() + reservedTokens;
        return new EngineState(
                notBegun,
                notBegun,
                inbound.size(),
                expected.size(),
                0,
                batch.size() + joining.size(),
                Math.min(1, (double) kvInUse / shape.kvTokens()),
                0);
    }

    @Override
    public long iterations() {
        return batch.stepsDone();
    }

    @Override
    public void kill() {
        settle();
        dead = true;
        stride = null;
        var lost = new ArrayList<Job>(waiting);
        lost.addAll(inbound);
        lost.addAll(joining);
        lost.addAll(batch.clear());
        waiting.clear();
        inbound.clear();
        joining.clear();
        expected.forEach(job -> job.partner = null);
        expected.clear();
        sequences = 0;
        lost.forEach(context::dropped);
    }
}
