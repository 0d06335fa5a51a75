package dev.ratematch.dashboards.console;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.ledger.TrackRecord;
import dev.ratematch.controller.publish.ConsolePort;
import dev.ratematch.controller.service.Service;
import dev.ratematch.dashboards.view.DecisionView;
import dev.ratematch.dashboards.view.Seen;
import dev.ratematch.dashboards.view.ServiceRow;
import dev.ratematch.dashboards.view.Watched;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The console: keeps a day of every service that it is shown, and serves it. It only reads: there
/// is nothing to be asked of it that changes anything.
public final class Console implements ConsolePort {

    private final Access access;
    private final String host;
    private final boolean whole;
    private final Map<String, Watched> services = new ConcurrentSkipListMap<>();
    private final Map<String, Halted> halted = new ConcurrentSkipListMap<>();
    private final Streams streams;
    private final Solver solver = new Solver();

    /// A console that has seen nothing.
    ///
    /// @param access who may see it
    /// @param host what it is served by, such as `demo`
    /// @param whole whether every cycle is kept, some 15 KiB each, so that moments that are past
    ///   can be shown too
    /// @param startedMillis when this process began; tells its numbers from those of another
    public Console(Access access, String host, boolean whole, long startedMillis) {
        this.access = access;
        this.host = host;
        this.whole = whole;
        this.streams = new Streams(Long.toString(startedMillis, Character.MAX_RADIX));
    }

    /// All services in the order of their names.
    ///
    /// @param host what serves them
    /// @param whole whether moments that are past can be shown
    /// @param halted those that have no cycle at present, seen before or not
    private record Services(
            String host, boolean whole, List<ServiceRow> services, List<Halted> halted) {}

    /// A service whose last cycle was not possible.
    ///
    /// @param why in a sentence
    record Halted(String id, String why) {}

    @Override
    public void cycle(
            String namespace, String name, Service service, Cycle cycle, TrackRecord record) {
        String id = id(namespace, name);
        var watched = services.computeIfAbsent(id, _ -> new Watched(id, id, whole));
        watched.add(service, cycle, record);
        halted.remove(id);
        streams.news(watched);
    }

    @Override
    public void halted(String namespace, String name, String why) {
        String id = id(namespace, name);
        var now = new Halted(id, why);
        if (!now.equals(halted.put(id, now))) {
            streams.halted(now);
        }
    }

    @Override
    public void forget(String namespace, String name) {
        String id = id(namespace, name);
        services.remove(id);
        halted.remove(id);
        streams.end(id);
    }

    private static String id(String namespace, String name) {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    /// Readers of streams.
    public int readers() {
        return streams.size();
    }

    @Override
    public boolean answer(HttpServerRequest request) {
        String path = request.path();
        if (path == null || !path.startsWith("/api/")) {
            return reads(request) && PageFiles.answer(request, path);
        }
        if (!reads(request)) {
            Replies.problem(request, 405, "The console is read-only; it answers GET and HEAD.");
        } else if (hasBody(request)) {
            Replies.problem(request, 413, "The console accepts no request body.");
        } else {
            var refusal = access.refusal(request);
            if (refusal.isPresent()) {
                Replies.problem(request, refusal.get().status(), refusal.get().text());
            } else {
                data(request, path);
            }
        }
        return true;
    }

    private static boolean reads(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.getHeader("Transfer-Encoding") != null
                || (length != null && !length.equals("0"));
    }

    private void data(HttpServerRequest request, String path) {
        try {
            switch (path) {
                case "/api/services" -> Replies.json(request, all());
                case "/api/service" -> Replies.json(request, watched(request).view(seen(request)));
                case "/api/history" ->
                        Replies.json(request, watched(request).after(after(request)));
                case "/api/decisions" -> Replies.json(request, watched(request).decisions());
                case "/api/decision" -> Replies.json(request, decision(request));
                case "/api/frontier" -> solver.frontier(request, seen(request));
                case "/api/what-if" -> solver.plan(request, seen(request));
                case "/api/events" -> events(request);
                default ->
                        Replies.problem(
                                request, 404, "The console has no page %s.".formatted(path));
            }
        } catch (IllegalArgumentException e) {
            Replies.problem(request, 400, String.valueOf(e.getMessage()));
        } catch (NoSuchElementException e) {
            Replies.problem(request, 404, String.valueOf(e.getMessage()));
        }
    }

    private Services all() {
        return new Services(
                host,
                whole,
                services.values().stream().map(Watched::row).flatMap(Optional::stream).toList(),
                List.copyOf(halted.values()));
    }

    private void events(HttpServerRequest request) {
        streams.open(request, request.getParam("id") == null ? null : watched(request));
    }

    private Watched watched(HttpServerRequest request) {
        String id = request.getParam("id");
        var found = id == null ? null : services.get(id);
        if (found == null) {
            throw new NoSuchElementException(
                    "id (%s) must be one of the services that /api/services lists.".formatted(id));
        }
        return found;
    }

    /// The cycle that is asked for: the latest, or that of a moment.
    private Seen seen(HttpServerRequest request) {
        var watched = watched(request);
        @Nullable Double at = new Asked(request).number("at");
        if (at == null) {
            return watched.latest().orElseThrow();
        }
        return watched.at(at)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        ("at (%s): past cycles are not kept here; show a"
                                                        + " journal by ratematch console --journal"
                                                        + " FILE.")
                                                .formatted(at)));
    }

    private static long after(HttpServerRequest request) {
        var after = new Asked(request).number("after");
        return after == null ? 0 : after.longValue();
    }

    private DecisionView decision(HttpServerRequest request) {
        var number = new Asked(request).number("number");
        return watched(request)
                .decision(number == null ? 0 : number.longValue())
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        ("number (%s) must be one of the decisions that"
                                                        + " /api/decisions lists.")
                                                .formatted(request.getParam("number"))));
    }
}
