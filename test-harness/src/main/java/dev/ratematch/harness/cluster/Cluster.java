package dev.ratematch.harness.cluster;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.harness.sim.EventQueue;
import dev.ratematch.harness.sim.Noise;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A disaggregated deployment serving one trace in virtual time. It speaks to a controller as real
/// ones do: a scale call, replica counts, and metric scrapes.
public final class Cluster {

    private static final double SECONDS = 1e9;
    private static final double NANOS_PER_HOUR = 3.6e12;
    private static final int ARRIVAL_PRIORITY = 4;
    private static final String MODEL = "simulated";

    private final EventQueue queue = new EventQueue();
    private final PlantSettings settings;
    private final Trace trace;
    private final RequestLog log;
    private final Dialect dialect;
    private final EnginePage page;
    private final FrontendMetrics frontend;
    private final Noise replicaNoise;
    private final Pods pods;
    private final Transfers transfers;
    private final Router router;
    private final ArrayDeque<Job> homeless = new ArrayDeque<>();
    private final ArrayDeque<Job> undecoded = new ArrayDeque<>();
    private final List<PrefillReplica> prefillEver = new ArrayList<>();
    private final List<DecodeReplica> decodeEver = new ArrayList<>();
    private int offered;
    private int firstTokens;
    private boolean begun;

    /// Prepares a cluster. It stands empty until scaled, and time does not pass until run.
    public Cluster(PlantSettings settings, Trace trace) {
        this(settings, trace, Dialect.DEFAULT);
    }

    /// The same with other engines' metrics.
    public Cluster(PlantSettings settings, Trace trace, Dialect dialect) {
        this.settings = settings;
        this.trace = trace;
        this.dialect = dialect;
        this.page = EnginePage.of(dialect.engine());
        this.frontend = new FrontendMetrics(MODEL, FrontendPage.of(dialect));
        this.log = new RequestLog(trace.requests().size());
        var noise = new Noise(settings.seed());
        var podNoise = noise.split();
        this.replicaNoise = noise.split();
        this.pods =
                new Pods(queue, settings, podNoise, this::newReplica, pod -> becameReady(pod.role));
        this.transfers = new Transfers(queue, settings, this::kvArrived);
        this.router = new Router(settings.router());
    }

    /// Commands replica counts. Replicas commanded before time passes are ready from the start.
    public void scale(Role role, int replicas) {
        pods.scale(role, replicas, !begun);
    }

    /// Runs until that instant, included.
    ///
    /// @param nanos virtual nanoseconds since the start of the trace
    public void runUntil(long nanos) {
        if (!begun) {
            begun = true;
            scheduleArrival(0);
        }
        queue.runUntil(nanos);
    }

    private void scheduleArrival(int index) {
        if (index < trace.requests().size()) {
            long at = trace.requests().get(index).arrivalNanos();
            queue.schedule(at, ARRIVAL_PRIORITY, this::arrives, index);
        }
    }

    private void arrives(int index) {
        scheduleArrival(index + 1);
        offered++;
        frontend.started++;
        var job = new Job(index, trace.requests().get(index));
        var partner = dialect.pairsAtArrival() ? router.decode(pods.of(Role.DECODE)) : null;
        if (partner != null) {
            partner.expect(job);
        }
        toPrefill(job);
    }

    private void toPrefill(Job job) {
        var target = router.prefill(pods.of(Role.PREFILL), job);
        if (target == null) {
            homeless.add(job);
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
            undecoded.add(job);
        } else {
            target.offer(job);
        }
    }

    private void becameReady(Role role) {
        var stranded = role == Role.PREFILL ? homeless : undecoded;
        for (int i = stranded.size(); i > 0; i--) {
            var job = stranded.removeFirst();
            if (role == Role.PREFILL) {
                toPrefill(job);
            } else {
                toDecode(job);
            }
        }
    }

    private Replica newReplica(Role role) {
        boolean slow = replicaNoise.uniform() < settings.stragglerShare();
        double slowness = slow ? settings.stragglerFactor() : 1;
        var shape = role == Role.PREFILL ? settings.prefill() : settings.decode();
        int number = role == Role.PREFILL ? prefillEver.size() : decodeEver.size();
        var metrics =
                new EngineMetrics(
                        new EngineMetrics.Engine(MODEL, role, number, shape.kvTokens()), page);
        if (role == Role.PREFILL) {
            var replica = new PrefillReplica(floor, replicaNoise.split(), slowness, metrics);
            prefillEver.add(replica);
            return replica;
        }
        var replica = new DecodeReplica(floor, replicaNoise.split(), slowness, metrics);
        decodeEver.add(replica);
        return replica;
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
        target.metrics().received(seconds);
        source.metrics().sent(seconds);
        source.release(job);
        target.arrived(job);
    }

    private final Floor floor =
            new Floor() {
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
                        job.transferStartNanos = queue.nowNanos();
                    }
                }

                @Override
                public void prefillDone(Job job) {
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
                    firstTokens++;
                    log.firstToken(job.index, nanos);
                    frontend.firstToken(job, nanos);
                }

                @Override
                public void completed(Job job, long nanos) {
                    log.completed(job.index, nanos);
                    frontend.completed(job, nanos);
                }

                @Override
                public void dropped(Job job) {
                    if (log.wasDropped(job.index) || log.endNanos(job.index) >= 0) {
                        return;
                    }
                    if (job.firstTokenNanos < 0) {
                        firstTokens++;
                    }
                    log.dropped(job.index);
                    frontend.failed++;
                    undecoded.remove(job);
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
            };

    /// A host dies with every replica on it.
    public void loseHost(int host) {
        pods.loseHost(host);
    }

    /// Keeps new pods pending while true, as a scheduler without room would.
    public void blockScheduling(boolean blocked) {
        pods.blockScheduling(blocked);
    }

    /// Hands the `/metrics` body of every ready or draining replica of a role to `reader`, by pod.
    public void scrape(Role role, BiConsumer<String, String> reader) {
        for (var pod : pods.of(role)) {
            if (pod.replica != null) {
                var engine = pod.engine();
                reader.accept(pod.name, engine.metrics().render(engine));
            }
        }
    }

    /// The `/metrics` body of one pod, null when it serves none now.
    public @Nullable String scrape(String podName) {
        for (var role : Role.values()) {
            for (var pod : pods.of(role)) {
                if (pod.name.equals(podName) && pod.replica != null) {
                    return pod.engine().metrics().render(pod.engine());
                }
            }
        }
        return null;
    }

    /// The `/metrics` body of the frontend; that of Dynamo where there is none.
    public String scrapeFrontend() {
        var workers = new ArrayList<FrontendMetrics.Worker>();
        for (var role : Role.values()) {
            for (var pod : pods.of(role)) {
                if (pod.replica != null) {
                    workers.add(FrontendMetrics.Worker.of(pod.engine()));
                }
            }
        }
        return frontend.render(
                new FrontendMetrics.Behind(inside(), offered - firstTokens, workers));
    }

    /// One pool as its scale target shows it.
    public FleetView fleet(Role role) {
        return pods.view(role);
    }

    /// What the pool's replicas have in hand now.
    public PoolLoad load(Role role) {
        int waiting = 0;
        int running = 0;
        int waitingForKv = 0;
        double kvUsed = 0;
        long promptTokens = 0;
        int engines = 0;
        for (var pod : pods.of(role)) {
            if (pod.replica != null) {
                var engine = pod.engine();
                engine.settle();
                waiting += engine.waiting();
                running += engine.running();
                waitingForKv += engine.waitingForKv();
                kvUsed += engine.kvUsed();
                promptTokens += engine.promptTokens();
                engines++;
            }
        }
        int stranded = role == Role.PREFILL ? homeless.size() : undecoded.size();
        if (role == Role.PREFILL) {
            promptTokens += homeless.stream().mapToLong(Job::inputTokens).sum();
        }
        return new PoolLoad(
                waiting + stranded,
                running,
                waitingForKv,
                engines == 0 ? 0 : kvUsed / engines,
                promptTokens);
    }

    /// Names of the pods of a role that serve `/metrics` now.
    public List<String> podNames(Role role) {
        var names = new ArrayList<String>();
        for (var pod : pods.of(role)) {
            if (pod.replica != null) {
                names.add(pod.name);
            }
        }
        return names;
    }

    /// GPUs held now: ready, starting and draining replicas.
    public int gpusHeld() {
        return pods.gpusHeld();
    }

    /// GPU-hours from placement to deletion so far.
    public double gpuHours() {
        return pods.gpuHours();
    }

    /// What became of each request.
    public RequestLog log() {
        return log;
    }

    /// Requests that have arrived.
    public int offered() {
        return offered;
    }

    /// Requests that have arrived and are neither complete nor lost.
    public int inside() {
        return offered - log.completed() - log.dropped();
    }

    /// Prefill iterations and decode steps made so far.
    public long iterations() {
        long sum = 0;
        for (var replica : prefillEver) {
            sum += replica.iterations();
        }
        for (var replica : decodeEver) {
            sum += replica.iterations();
        }
        return sum;
    }

    /// The present, virtual nanoseconds.
    public long nowNanos() {
        return queue.nowNanos();
    }

    /// Whose metrics it exposes.
    public Dialect dialect() {
        return dialect;
    }

    /// What stands there.
    public PlantSettings settings() {
        return settings;
    }
}
