package dev.ratematch.k8s.engine;

import com.sun.net.httpserver.HttpServer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One engine, and what it has to do.
final class Engine {
    boolean prefill;
    final SwitchableRole role;
    final HttpServer server;
    final Deque<Request> queue = new ArrayDeque<>();
    final List<Request> running = new ArrayList<>();
    final List<Request> unread = new ArrayList<>();
    boolean routable;
    int heldRunning;
    int heldUnread;
    long received;
    long asked;
    long requests;
    double inputSum;
    double outputSum;
    double itlSum;
    double ttftSum;
    double prefillSum;
    @Nullable CompletableFuture<Boolean> drained;

    Engine(boolean prefill, HttpServer server, SwitchableRole role) {
        this.prefill = prefill;
        this.server = server;
        this.role = role;
    }

    int busy() {
        return queue.size() + running.size() + unread.size() + heldRunning + heldUnread;
    }
}
