package dev.ratematch.dashboards.console;

import dev.ratematch.dashboards.view.HistoryView;
import dev.ratematch.dashboards.view.ServiceView;
import dev.ratematch.dashboards.view.Watched;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What is new, to whoever looks, as server-sent events. The thread that decides only leaves a note
/// that a service has a new cycle; it is rendered once by an event loop, however many look, and not
/// at all while nobody does.
///
/// A stream of one service begins with the points after the last event that its reader had, or with
/// all of them. Whoever reads too slowly misses events, never the newest state: each has all of it,
/// and a gap between numbers says that points are to be fetched.
final class Streams {

    /// Readers at once: fifty consoles twice over.
    static final int STREAMS_MAX = 128;

    /// Proxies close what is silent for longer than half a minute.
    private static final long HEARTBEAT_MILLIS = 15_000;

    private static final String RETRY = "retry: 2000\n\n";
    private static final String HEARTBEAT = ": still here\n\n";

    /// Tells numbers of this process from those of the one before it.
    private final String epoch;

    private final List<Stream> streams = new CopyOnWriteArrayList<>();
    private final Map<String, Fresh> fresh = new ConcurrentHashMap<>();

    /// One reader.
    ///
    /// @param of the service that it reads; null for the overview
    private record Stream(HttpServerResponse response, @Nullable String of) {

        void send(Buffer event) {
            if (!response.closed() && !response.writeQueueFull()) {
                var _ = response.write(event);
            }
        }
    }

    /// A service with cycles that were not sent yet.
    private static final class Fresh {
        private final Watched watched;
        private final AtomicBoolean noted = new AtomicBoolean();
        private long sent;

        Fresh(Watched watched, long sent) {
            this.watched = watched;
            this.sent = sent;
        }
    }

    /// What a reader of one service gets with each cycle.
    ///
    /// @param points that are new, the last one this cycle's
    private record News(ServiceView view, HistoryView points) {}

    /// What a reader of one service gets first.
    ///
    /// @param whole whether these are all points, so that those before are to be forgotten
    private record Begin(boolean whole, HistoryView points, ServiceView view) {}

    private @Nullable Context loop;

    Streams(String epoch) {
        this.epoch = epoch;
    }

    int size() {
        return streams.size();
    }

    /// Begins a stream.
    ///
    /// @param watched the service to read; null for all of them
    void open(HttpServerRequest request, @Nullable Watched watched) {
        if (streams.size() >= STREAMS_MAX) {
            Replies.problem(
                    request,
                    503,
                    "%d consoles are open, which is the limit.".formatted(streams.size()));
            return;
        }
        var response =
                Replies.begun(request, 200, "text/event-stream; charset=utf-8")
                        .putHeader("Cache-Control", "no-store")
                        .putHeader("X-Accel-Buffering", "no")
                        // A compressor would keep an event until the next one.
                        .putHeader("Content-Encoding", "identity")
                        .setChunked(true);
        var stream = new Stream(response, watched == null ? null : watched.id());
        response.closeHandler(_ -> streams.remove(stream));
        var _ = response.write(RETRY);
        if (watched != null) {
            begin(stream, watched, request.getHeader("Last-Event-ID"));
        }
        streams.add(stream);
        beat();
    }

    private void begin(Stream stream, Watched watched, @Nullable String lastEvent) {
        var latest = watched.latest().orElseThrow();
        long had = had(lastEvent, latest.sequence());
        var begin = new Begin(had == 0, watched.after(had), watched.view(latest));
        stream.send(event("begin", latest.sequence(), begin));
    }

    /// Number of the last cycle that a reader had; 0 for none of this process.
    private long had(@Nullable String lastEvent, long newest) {
        if (lastEvent == null || !lastEvent.startsWith(epoch + "-")) {
            return 0;
        }
        try {
            long number = Long.parseLong(lastEvent.substring(epoch.length() + 1));
            return number > 0 && number <= newest ? number : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private synchronized void beat() {
        if (loop == null) {
            var context = Objects.requireNonNull(Vertx.currentContext(), "served by Vert.x");
            loop = context;
            context.owner()
                    .setPeriodic(
                            HEARTBEAT_MILLIS,
                            _ -> streams.forEach(each -> each.send(Buffer.buffer(HEARTBEAT))));
        }
    }

    private synchronized @Nullable Context loop() {
        return loop;
    }

    /// Notes that a service has a new cycle.
    void news(Watched watched) {
        var context = loop();
        if (streams.isEmpty() || context == null) {
            return;
        }
        var note =
                fresh.computeIfAbsent(
                        watched.id(),
                        _ ->
                                new Fresh(
                                        watched,
                                        watched.latest().map(s -> s.sequence() - 1).orElse(0L)));
        if (note.noted.compareAndSet(false, true)) {
            context.runOnContext(_ -> send(note));
        }
    }

    /// Tells the readers of a service, and of all, that it has no cycle.
    void halted(Console.Halted service) {
        var context = loop();
        if (streams.isEmpty() || context == null) {
            return;
        }
        context.runOnContext(
                _ -> {
                    var said = Buffer.buffer("event: halted\ndata: ");
                    said.appendBuffer(Json.of(service)).appendString("\n\n");
                    deliver(service.id(), said);
                    deliver(null, said);
                });
    }

    /// Nothing more comes of a service.
    void end(String id) {
        fresh.remove(id);
        for (var stream : streams) {
            if (id.equals(stream.of())) {
                var _ = stream.response().end();
            }
        }
    }

    private void send(Fresh note) {
        note.noted.set(false);
        var watched = note.watched;
        var latest = watched.latest().orElseThrow();
        boolean read = streams.stream().anyMatch(each -> watched.id().equals(each.of()));
        boolean listed = streams.stream().anyMatch(each -> each.of() == null);
        if (read) {
            var news = new News(watched.view(latest), watched.after(note.sent));
            deliver(watched.id(), event("cycle", latest.sequence(), news));
        }
        if (listed) {
            deliver(null, event("row", latest.sequence(), watched.row().orElseThrow()));
        }
        note.sent = latest.sequence();
    }

    private void deliver(@Nullable String of, Buffer event) {
        for (var stream : streams) {
            if (of == null ? stream.of() == null : of.equals(stream.of())) {
                stream.send(event);
            }
        }
    }

    private Buffer event(String name, long sequence, Object data) {
        return Buffer.buffer("event: %s\nid: %s-%d\ndata: ".formatted(name, epoch, sequence))
                .appendBuffer(Json.of(data))
                .appendString("\n\n");
    }
}
