package dev.ratematch.k8s.engine;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Engines that serve load in wall time, one per pod, each with vLLM's metrics on an address of its
/// own. Requests arrive at a given rate, go to a prefill engine, then to a decode engine; one that
/// is on an engine which ends is lost, and counted.
///
/// It knows nothing of Ratematch: what a pod's routing label and readiness say decides where
/// requests go, as with any router.
public final class Engines implements AutoCloseable {

    /// Port of every engine.
    public static final int PORT = 8000;

    private static final double TICK = 0.05;
    private static final double PREFILL_SECONDS_PER_TOKEN = 4e-6;

    /// Most sequences that a decode engine computes at once; more wait.
    public static final int SEQUENCES = 64;

    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("engines").daemon().factory());
    private final Map<String, Engine> engines = new TreeMap<>();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private double perSecond;
    private int inputTokens = 500;
    private int outputTokens = 200;
    private double itlSeconds = 0.01;
    private double kvReadSeconds = 0.05;
    private double owed;
    private int nextPrefill;
    private int nextDecode;
    private volatile SwitchableRole.Behaviour behaviour = SwitchableRole.Behaviour.SWITCHES;
    private volatile boolean eitherJob;
    private int toldBefore;
    private long completed;
    private long lost;

    /// Engines without load.
    public Engines() {
        long period = (long) (1000 * TICK);
        var _ = clock.scheduleAtFixedRate(this::tick, period, period, TimeUnit.MILLISECONDS);
    }

    /// What arrives from now on.
    public synchronized void load(double requestsPerSecond, int isl, int osl, double itl) {
        perSecond = requestsPerSecond;
        inputTokens = isl;
        outputTokens = osl;
        itlSeconds = itl;
    }

    /// How long KV stays on prefill until decode has read it.
    public synchronized void kvRead(double seconds) {
        kvReadSeconds = seconds;
    }

    /// Starts a pod's engine on a loopback address.
    public synchronized void start(String pod, String address, boolean prefill) {
        if (engines.containsKey(pod)) {
            return;
        }
        try {
            var server = HttpServer.create(new InetSocketAddress(address, PORT), 0);
            var role =
                    new SwitchableRole(
                            prefill,
                            () -> busy(pod) == 0,
                            now -> change(pod, now),
                            () -> behaviour);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/metrics", exchange -> answer(pod, exchange));
            role.serve(server);
            server.start();
            engines.put(pod, new Engine(prefill, server, role));
        } catch (IOException e) {
            throw new UncheckedIOException("No engine on " + address, e);
        }
    }

    /// How engines take being told to switch.
    public void behave(SwitchableRole.Behaviour next) {
        behaviour = next;
    }

    /// Engines that do what they are sent, as those of `kv_both`: their job is where the router
    /// sends to, and they know of no switch.
    public void eitherJob() {
        eitherJob = true;
        behaviour = SwitchableRole.Behaviour.OFFERS_NONE;
    }

    /// The router sends a pod work of that job.
    public synchronized void sent(String pod, boolean prefill) {
        var engine = engines.get(pod);
        if (eitherJob && engine != null) {
            engine.prefill = prefill;
        }
    }

    /// Whether a pod's engine runs.
    public synchronized boolean runs(String pod) {
        return engines.containsKey(pod);
    }

    /// How often pods were told to switch, whatever came of it.
    public synchronized int told() {
        return engines.values().stream().mapToInt(e -> e.role.told()).sum() + toldBefore;
    }

    private synchronized void change(String pod, boolean prefill) {
        var engine = engines.get(pod);
        if (engine != null) {
            engine.prefill = prefill;
        }
    }

    /// Whether a pod's engine does the prefill job now; false too where none runs.
    public synchronized boolean prefill(String pod) {
        var engine = engines.get(pod);
        return engine != null && engine.prefill;
    }

    /// A pod's engine is started anew, in the role that its command line gives it; what it has not
    /// finished is lost.
    public synchronized void restart(String pod, boolean prefill) {
        var engine = engines.get(pod);
        if (engine != null) {
            lost += engine.busy();
            engine.queue.clear();
            engine.running.clear();
            engine.unread.clear();
            engine.prefill = prefill;
            engine.role.restart(prefill);
        }
    }

    /// Whether the router may send a pod new requests.
    public synchronized void routable(String pod, boolean routable) {
        var engine = engines.get(pod);
        if (engine != null) {
            engine.routable = routable;
        }
    }

    /// As an engine with a shut-down time-out does on SIGTERM: takes nothing new, ends when empty.
    public synchronized CompletableFuture<Boolean> terminate(String pod) {
        var engine = engines.get(pod);
        if (engine == null || engine.busy() == 0) {
            return CompletableFuture.completedFuture(true);
        }
        engine.routable = false;
        var drained = new CompletableFuture<Boolean>();
        engine.drained = drained;
        return drained;
    }

    /// Ends the engines of all other pods; what they have not finished is lost.
    public synchronized void keep(Set<String> pods) {
        for (String pod : List.copyOf(engines.keySet())) {
            if (!pods.contains(pod)) {
                var engine = engines.remove(pod);
                lost += engine == null ? 0 : engine.busy();
                if (engine != null) {
                    toldBefore += engine.role.told();
                    engine.server.stop(0);
                }
            }
        }
    }

    /// Requests that a pod has.
    public synchronized int busy(String pod) {
        var engine = engines.get(pod);
        return engine == null ? 0 : engine.busy();
    }

    /// Users give up on what has not reached an engine.
    public synchronized void giveUp() {
        waiting.clear();
        engines.values().forEach(e -> e.queue.clear());
    }

    /// Whether nothing is left to do.
    public synchronized boolean idle() {
        return waiting.isEmpty() && engines.values().stream().allMatch(e -> e.busy() == 0);
    }

    /// Requests that a pod is busy with until the test says otherwise, beside those of the load:
    /// running ones, and ones whose KV nobody has read yet.
    public synchronized void hold(String pod, int running, int unread) {
        var engine = engines.get(pod);
        if (engine == null) {
            throw new IllegalArgumentException("No engine runs in pod " + pod);
        }
        engine.heldRunning = running;
        engine.heldUnread = unread;
    }

    /// Whether the router sends a pod new requests.
    public synchronized boolean routable(String pod) {
        var engine = engines.get(pod);
        return engine != null && engine.routable;
    }

    /// Requests that a pod was ever sent.
    public synchronized long received(String pod) {
        var engine = engines.get(pod);
        return engine == null ? 0 : engine.received;
    }

    /// How often a pod's metrics were read.
    public synchronized long asked(String pod) {
        var engine = engines.get(pod);
        return engine == null ? 0 : engine.asked;
    }

    /// Requests answered to the end.
    public synchronized long completed() {
        return completed;
    }

    /// Requests that ended with their engine.
    public synchronized long lost() {
        return lost;
    }

    private synchronized void tick() {
        owed += perSecond * TICK;
        while (owed >= 1) {
            owed -= 1;
            waiting.add(
                    new Request(
                            inputTokens, outputTokens, inputTokens * PREFILL_SECONDS_PER_TOKEN));
        }
        route();
        var decoders = open(false);
        engines.values().forEach(engine -> advance(engine, decoders));
        for (var engine : engines.values()) {
            var drained = engine.drained;
            if (drained != null && engine.busy() == 0) {
                drained.complete(true);
            }
        }
    }

    private List<Engine> open(boolean prefill) {
        return engines.values().stream().filter(e -> e.prefill == prefill && e.routable).toList();
    }

    private void route() {
        var targets = open(true);
        while (!targets.isEmpty() && !waiting.isEmpty()) {
            var target = targets.get(nextPrefill++ % targets.size());
            target.received++;
            target.queue.add(waiting.remove());
        }
    }

    private void advance(Engine engine, List<Engine> decoders) {
        if (engine.prefill) {
            prefill(engine, decoders);
        } else {
            decode(engine);
        }
    }

    private void prefill(Engine engine, List<Engine> decoders) {
        double budget = TICK;
        while (budget > 0 && !engine.queue.isEmpty()) {
            var request = engine.queue.peek();
            double spent = Math.min(budget, request.left);
            request.left -= spent;
            budget -= spent;
            if (request.left <= 1e-9) {
                engine.queue.remove();
                done(engine, request);
                engine.prefillSum += request.input * PREFILL_SECONDS_PER_TOKEN;
                request.left = kvReadSeconds;
                engine.unread.add(request);
            }
        }
        engine.queue.forEach(r -> r.age += TICK);
        for (var request : List.copyOf(engine.unread)) {
            request.left -= TICK;
            if (request.left <= 0 && !decoders.isEmpty()) {
                engine.unread.remove(request);
                request.left = request.output * itlSeconds;
                var decoder = decoders.get(nextDecode++ % decoders.size());
                decoder.received++;
                decoder.queue.add(request);
            }
        }
    }

    private void done(Engine engine, Request request) {
        engine.requests++;
        engine.inputSum += request.input;
        engine.ttftSum += request.age;
        engine.outputSum += engine.prefill ? 1 : request.output;
    }

    private void decode(Engine engine) {
        while (engine.running.size() < SEQUENCES && !engine.queue.isEmpty()) {
            engine.running.add(engine.queue.remove());
        }
        for (var request : List.copyOf(engine.running)) {
            request.left -= TICK;
            if (request.left <= 0) {
                engine.running.remove(request);
                done(engine, request);
                engine.itlSum += request.output * itlSeconds;
                completed++;
            }
        }
    }

    private void answer(String pod, HttpExchange exchange) throws IOException {
        byte[] body = metrics(pod).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
        exchange.sendResponseHeaders(200, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private synchronized String metrics(String pod) {
        var e = engines.get(pod);
        if (e == null) {
            return "";
        }
        e.asked++;
        int running = e.prefill ? Math.min(1, e.queue.size()) : e.running.size();
        int queued = e.prefill ? Math.max(0, e.queue.size() - 1) : e.queue.size();
        int unread = e.unread.size() + e.heldUnread;
        double kv = e.prefill ? Math.min(1, unread / 1000.0) : e.running.size() / 1e4;
        return VllmPage.of(
                running + e.heldRunning,
                queued,
                kv,
                e.requests,
                e.inputSum,
                e.requests,
                e.outputSum,
                e.requests,
                e.ttftSum,
                e.requests,
                e.prefill ? 0.0 : e.itlSum,
                e.prefill ? 0.0 : e.outputSum,
                e.prefill ? e.prefillSum : 0.0,
                e.prefill ? e.requests : 0);
    }

    /// Every engine with what it has, for the message of a failure.
    @Override
    public synchronized String toString() {
        var text = new StringBuilder("%.0f/s, %d waiting".formatted(perSecond, waiting.size()));
        engines.forEach(
                (pod, e) ->
                        text.append(
                                "; %s %s %d queued %d running %d unread %d done"
                                        .formatted(
                                                pod,
                                                e.routable ? "open" : "closed",
                                                e.queue.size(),
                                                e.running.size(),
                                                e.unread.size(),
                                                e.requests)));
        return text.toString();
    }

    @Override
    public synchronized void close() {
        clock.shutdownNow();
        engines.values().forEach(e -> e.server.stop(0));
        engines.clear();
    }
}
