package dev.ratematch.harness.plant;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.harness.sim.EventQueue;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The requests of a trace on their way: arrival, prefill, the transfer of KV, decode. Engines hand
/// them on through this.
final class RequestFlow implements EngineContext {

    private static final double SECONDS = 1e9;
    private static final double NANOS_PER_HOUR = 3.6e12;
    private static final int ARRIVAL_PRIORITY = 4;
    private static final int PATIENCE_PRIORITY = 5;

    private final EventQueue queue;
    private final PlantSettings settings;
    private final Trace trace;
    private final Clients clients;
    private final DecodeChoice decodeChoice;
    private final RequestObserver observer;
    private final Pods pods;
    private final RequestLog log;
    private final Transfers transfers;
    private final Router router;
    private final EventQueue.Handler arrives = this::arrives;

    /// Requests for which no prefill replica is ready, and prompts for which no decode replica is.
    private final ArrayDeque<Job> withoutPrefill = new ArrayDeque<>();

    private final ArrayDeque<Job> withoutDecode = new ArrayDeque<>();

    /// Answers of each request that are not complete.
    private final int[] answersLeft;

    private int offered;
    private Speculation speculation = Speculation.NONE;
    private int pastFirstToken;

    RequestFlow(
            EventQueue queue,
            PlantSettings settings,
            Trace trace,
            Clients clients,
            DecodeChoice decodeChoice,
            RequestObserver observer,
            Pods pods) {
        this.queue = queue;
        this.settings = settings;
        this.trace = trace;
        this.clients = clients;
        this.answersLeft = new int[trace.requests().size()];
        Arrays.fill(answersLeft, clients.samples());
        this.decodeChoice = decodeChoice;
        this.observer = observer;
        this.pods = pods;
        this.log = new RequestLog(trace.requests().size());
        this.transfers = new Transfers(queue, settings, this::kvArrived);
        this.router = new Router(settings.router());
    }

    /// Lets the first request come in time, and each the next one.
    void begin() {
        scheduleArrival(0);
    }

    private void scheduleArrival(int index) {
        if (index < trace.requests().size()) {
            long at = trace.requests().get(index).arrivalNanos();
            queue.schedule(at, ARRIVAL_PRIORITY, arrives, index);
        }
    }

    private void arrives(int index) {
        scheduleArrival(index + 1);
        offered++;
        observer.arrived();
        var job = new Job(index, trace.requests().get(index));
        if (decodeChoice == DecodeChoice.AT_ARRIVAL) {
            var partner = router.decode(pods.of(Role.DECODE));
            if (partner != null) {
                partner.expect(job);
            }
        }
        toPrefill(job);
        if (clients.mayGiveUp()) {
            long patience = Math.round(SECONDS * clients.patienceSeconds());
            queue.schedule(job.arrivalNanos() + patience, PATIENCE_PRIORITY, _ -> giveUp(job), 0);
        }
    }

    /// The client goes where there is no first token yet. What computes it just now goes on.
    private void giveUp(Job job) {
        if (log.wasDropped(job.index)
                || (job.decode != null && job.decode.computes(job))
                || log.firstTokenNanos(job.index) >= 0) {
            return;
        }
        observer.givenUp();
        withoutPrefill.remove(job);
        if (job.prefill != null) {
            job.prefill.forget(job);
        }
        forget(job);
    }

    private void toPrefill(Job job) {
        var target = router.prefill(pods.of(Role.PREFILL), job);
        if (target == null) {
            withoutPrefill.add(job);
        } else {
            target.offer(job);
        }
    }

    private @Nullable DecodeReplica decodeFor(Job job) {
        return job.partner != null ? job.partner : router.decode(pods.of(Role.DECODE));
    }

    private void toDecode(Job job) {
        var target = decodeFor(job);
        if (target == null) {
            withoutDecode.add(job);
        } else {
            target.offer(job);
        }
    }

    private void kvArrived(Job job) {
        if (log.wasDropped(job.index)) {
            return;
        }
        var source = job.prefill;
        var target = job.decode;
        if (source == null || target == null) {
            throw new IllegalStateException("KV arrived without ends, request " + job.index);
        }
        double seconds = (queue.nowNanos() - job.transferStartNanos) / SECONDS;
        target.observer().kvReceived(job, seconds);
        source.observer().kvSent(seconds);
        long exposedFrom = Math.max(job.prefillEndNanos, job.transferStartNanos);
        log.transferred(job.index, queue.nowNanos() - exposedFrom);
        source.release(job);
        target.arrived(job);
        for (int i = 1; i < clients.samples(); i++) {
            var another = new Job(job.index, job.request);
            another.another = true;
            another.prefill = source;
            another.prefillEndNanos = job.prefillEndNanos;
            target.offer(another);
        }
    }

    /// A replica of that role serves from now on.
    void becameReady(Role role) {
        var stranded = stranded(role);
        for (int i = stranded.size(); i > 0; i--) {
            var job = stranded.removeFirst();
            if (role == Role.PREFILL) {
                toPrefill(job);
            } else {
                toDecode(job);
            }
        }
    }

    private ArrayDeque<Job> stranded(Role role) {
        return role == Role.PREFILL ? withoutPrefill : withoutDecode;
    }

    /// What the engines of a role would have in hand if any of them were there.
    int strandedRequests(Role role) {
        return stranded(role).size();
    }

    /// Prompt tokens of requests that no prefill replica has.
    long strandedPromptTokens() {
        return withoutPrefill.stream().mapToLong(Job::inputTokens).sum();
    }

    /// From the next steps on.
    void speculate(Speculation other) {
        speculation = other;
    }

    /// From now on.
    void slowLinks(double factor) {
        transfers.slow(factor);
    }

    @Override
    public Speculation speculation() {
        return speculation;
    }

    /// What became of each request.
    RequestLog log() {
        return log;
    }

    /// Requests that have arrived.
    int offered() {
        return offered;
    }

    /// Of those, the ones that have neither a first token nor been lost.
    int beforeFirstToken() {
        return offered - pastFirstToken;
    }

    @Override
    public EventQueue queue() {
        return queue;
    }

    @Override
    public PlantSettings settings() {
        return settings;
    }

    @Override
    public void prefillStarts(Job job) {
        if (settings.link().mode() == KvLink.Mode.PULL) {
            return;
        }
        var target = decodeFor(job);
        if (target != null && target.offerIfRoom(job)) {
            if (settings.link().mode() == KvLink.Mode.LAYERWISE) {
                transfers.stream(job);
            }
        }
    }

    @Override
    public void prefillDone(Job job) {
        if (log.wasDropped(job.index)) {
            if (job.prefill != null) {
                job.prefill.release(job);
            }
            return;
        }
        log.prefilled(job.index, job.cachedTokens);
        if (job.admitted) {
            transfers.start(job);
        } else {
            toDecode(job);
        }
    }

    @Override
    public void admitted(Job job) {
        transfers.start(job);
    }

    @Override
    public void firstToken(Job job, long nanos) {
        if (log.firstTokenNanos(job.index) >= 0) {
            return;
        }
        pastFirstToken++;
        log.firstToken(job.index, nanos);
        observer.firstToken(job, nanos);
    }

    @Override
    public void completed(Job job, long nanos) {
        answersLeft[job.index]--;
        if (answersLeft[job.index] > 0 || log.wasDropped(job.index)) {
            return;
        }
        log.completed(job.index, nanos);
        observer.completed(job, nanos);
    }

    @Override
    public void dropped(Job job) {
        if (log.wasDropped(job.index) || log.endNanos(job.index) >= 0) {
            return;
        }
        observer.dropped();
        forget(job);
    }

    private void forget(Job job) {
        if (log.firstTokenNanos(job.index) < 0) {
            pastFirstToken++;
        }
        log.dropped(job.index);
        withoutDecode.remove(job);
        transfers.forget(job);
        if (job.decode != null) {
            job.decode.forget(job);
        } else if (job.partner != null) {
            job.partner.forget(job);
        }
        if (job.prefill != null) {
            job.prefill.release(job);
        }
    }

    @Override
    public void relieved() {
        if (pods.draining()) {
            pods.sweep();
        }
    }

    @Override
    public double drift() {
        return 1 + settings.driftPerHour() * queue.nowNanos() / NANOS_PER_HOUR;
    }
}
