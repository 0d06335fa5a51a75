package dev.ratematch.harness.plant;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.sim.EventQueue;
import dev.ratematch.harness.sim.Noise;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A disaggregated deployment serving one trace in virtual time. It takes what a real one takes, a
/// scale call; what it does can be asked for, or observed as it happens.
public final class Cluster {

    private final EventQueue queue = new EventQueue();
    private final PlantSettings settings;
    private final Pods pods;
    private final RequestFlow flow;
    private final Engines engines;
    private boolean begun;

    /// Prepares a cluster that nobody observes. It stands empty until scaled, and time does not
    /// pass until run.
    public Cluster(PlantSettings settings, Trace trace) {
        this(
                settings,
                trace,
                DecodeChoice.AFTER_PREFILL,
                RequestObserver.NONE,
                _ -> EngineObserver.NONE);
    }

    /// The same with observers.
    ///
    /// @param decodeChoice when requests are given their decode replica
    /// @param requests is told what happens to requests
    /// @param engineObservers says of an engine that begins who is told what happens in it
    public Cluster(
            PlantSettings settings,
            Trace trace,
            DecodeChoice decodeChoice,
            RequestObserver requests,
            Function<EngineId, EngineObserver> engineObservers) {
        this(settings, trace, Clients.PATIENT, decodeChoice, requests, engineObservers);
    }

    /// The same with clients of another kind.
    public Cluster(
            PlantSettings settings,
            Trace trace,
            Clients clients,
            DecodeChoice decodeChoice,
            RequestObserver requests,
            Function<EngineId, EngineObserver> engineObservers) {
        this.settings = settings;
        var noise = new Noise(settings.seed());
        var podNoise = noise.split();
        var engineNoise = noise.split();
        this.pods = new Pods(queue, settings, podNoise, this::beginEngine, this::becameReady);
        this.flow = new RequestFlow(queue, settings, trace, clients, decodeChoice, requests, pods);
        this.engines = new Engines(flow, engineNoise, engineObservers);
    }

    private Replica beginEngine(Role role) {
        return engines.begin(role);
    }

    private void becameReady(Pod pod) {
        flow.becameReady(pod.role);
    }

    /// Commands replica counts. Replicas commanded before time passes are ready from the start.
    public void scale(Role role, int replicas) {
        pods.scale(role, replicas, !begun);
    }

    /// Commands both counts; what one role gives and the other takes changes its role.
    public void trade(int prefill, int decode) {
        pods.trade(prefill, decode);
    }

    /// Runs until that instant, included.
    ///
    /// @param nanos virtual nanoseconds since the start of the trace
    public void runUntil(long nanos) {
        if (!begun) {
            begun = true;
            flow.begin();
        }
        queue.runUntil(nanos);
    }

    /// A host dies with every replica on it.
    public void loseHost(int host) {
        pods.loseHost(host);
    }

    /// Keeps new pods pending while true, as a scheduler without room would.
    public void blockScheduling(boolean blocked) {
        pods.blockScheduling(blocked);
    }

    /// Lets every NIC carry that share of its bandwidth, as a link that others use or that has
    /// failed in part does.
    ///
    /// @param share above 0, at most 1
    public void slowLinks(double share) {
        flow.slowLinks(share);
    }

    /// Lets decode speculate from its next steps on.
    public void speculate(Speculation speculation) {
        flow.speculate(speculation);
    }

    /// One pool as its scale target shows it.
    public FleetView fleet(Role role) {
        return pods.view(role);
    }

    /// The pods of a role whose engines serve or drain now.
    public List<ServingPod> serving(Role role) {
        var serving = new ArrayList<ServingPod>();
        for (var pod : pods.of(role)) {
            if (pod.replica != null) {
                serving.add(pod.serving());
            }
        }
        return serving;
    }

    /// The pod of that name, null when its engine neither serves nor drains now.
    public @Nullable ServingPod serving(String podName) {
        var pod = pods.named(podName);
        return pod == null ? null : pod.serving();
    }

    /// Whether a pod is routed to.
    public boolean routed(String podName) {
        return pod(podName).phase == Pod.Phase.READY;
    }

    /// Takes a pod out of routing, or puts it back into the pool of its role.
    public void route(String podName, boolean routed) {
        if (routed) {
            pods.byHand().putBack(pod(podName));
        } else {
            pods.byHand().takeOut(pod(podName));
        }
    }

    /// Whether a pod must capture CUDA graphs first to take the other role.
    public boolean captures(String podName) {
        var pod = pod(podName);
        return pod.needsCapture(pod.role.other());
    }

    /// Requests that a pod has, KV cache that is not fetched included.
    public int requests(String podName) {
        return pod(podName).engine().load();
    }

    /// Begins to change the role of an idle pod.
    ///
    /// @param over is told when that is over: true when it has the other role, false when it broke
    /// @throws IllegalStateException when it is not idle, or not there to be switched
    public void changeRole(String podName, Consumer<Boolean> over) {
        pods.byHand().change(pod(podName), over);
    }

    /// Changes the role of an idle pod whose engine does either job, at once.
    public void relabel(String podName) {
        pods.changeRole(pod(podName));
    }

    private Pod pod(String podName) {
        var pod = pods.named(podName);
        if (pod == null) {
            throw new IllegalArgumentException("pod (%s) is not there.".formatted(podName));
        }
        return pod;
    }

    /// Names of the pods of a role whose engines serve or drain now.
    public List<String> podNames(Role role) {
        var names = new ArrayList<String>();
        for (var pod : pods.of(role)) {
            if (pod.replica != null) {
                names.add(pod.name);
            }
        }
        return names;
    }

    /// What the pool has in hand now.
    public PoolLoad load(Role role) {
        int waiting = flow.strandedRequests(role);
        int running = 0;
        int waitingForKv = 0;
        double kvUsed = 0;
        long promptTokens = role == Role.PREFILL ? flow.strandedPromptTokens() : 0;
        var serving = serving(role);
        for (var pod : serving) {
            var state = pod.state();
            waiting += state.waiting();
            running += state.running();
            waitingForKv += state.waitingForKv();
            kvUsed += state.kvUsed();
            promptTokens += state.promptTokens();
        }
        return new PoolLoad(
                waiting,
                running,
                waitingForKv,
                serving.isEmpty() ? 0 : kvUsed / serving.size(),
                promptTokens);
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
        return flow.log();
    }

    /// Requests that have arrived.
    public int offered() {
        return flow.offered();
    }

    /// Requests that have arrived and are neither complete nor lost.
    public int inside() {
        return flow.offered() - log().completed() - log().dropped();
    }

    /// Of those that have arrived, the ones that have neither a first token nor been lost.
    public int beforeFirstToken() {
        return flow.beforeFirstToken();
    }

    /// Prefill iterations and decode steps made so far.
    public long iterations() {
        return engines.iterations();
    }

    /// The present, virtual nanoseconds.
    public long nowNanos() {
        return queue.nowNanos();
    }

    /// What stands there.
    public PlantSettings settings() {
        return settings;
    }
}
