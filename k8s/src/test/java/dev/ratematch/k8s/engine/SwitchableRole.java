package dev.ratematch.k8s.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The part of an engine that changes its role when it is told, as SGLang's does with
/// `--enable-pd-role-switch`: status codes and fields are those of its pull request.
public final class SwitchableRole {

    private static final long HANGS_SECONDS = 300;

    private final BooleanSupplier idle;
    private final Consumer<Boolean> changed;
    private final Supplier<Behaviour> behaviour;
    private final CountDownLatch end = new CountDownLatch(1);
    private boolean prefill;
    private int told;

    /// How one takes being told.
    public enum Behaviour {
        SWITCHES,
        /// Refuses, and serves on in its old role.
        REFUSES,
        /// Refuses, and is half torn down.
        BREAKS,
        /// Says nothing.
        HANGS,
        /// Was started without the flag.
        OFFERS_NONE,
        /// Wants a key that nobody gave.
        WANTS_KEY
    }

    SwitchableRole(
            boolean prefill,
            BooleanSupplier idle,
            Consumer<Boolean> changed,
            Supplier<Behaviour> behaviour) {
        this.prefill = prefill;
        this.idle = idle;
        this.changed = changed;
        this.behaviour = behaviour;
    }

    void serve(HttpServer server) {
        server.createContext("/server_info", this::info);
        server.createContext("/pd_role_switch", this::change);
    }

    /// How often it was told to take another role than it has.
    synchronized int told() {
        return told;
    }

    synchronized void restart(boolean launched) {
        prefill = launched;
    }

    private synchronized String role() {
        return prefill ? "prefill" : "decode";
    }

    private void info(HttpExchange exchange) throws IOException {
        if (behaviour.get() == Behaviour.WANTS_KEY) {
            answer(exchange, 401, "{\"error\": \"Unauthorized\"}");
            return;
        }
        boolean offers = behaviour.get() != Behaviour.OFFERS_NONE;
        answer(
                exchange,
                200,
                """
                {"disaggregation_mode": "decode", "enable_pd_role_switch": %s, "version": "0.5.21",
                 "internal_states": [{"disaggregation_mode": "%s"}]}
                """
                        .formatted(offers, role()));
    }

    private void change(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        var how = behaviour.get();
        switch (how) {
            case OFFERS_NONE -> answer(exchange, 404, "{\"detail\": \"Not Found\"}");
            case WANTS_KEY -> answer(exchange, 401, "{\"error\": \"Unauthorized\"}");
            default -> change(exchange, body.contains("\"prefill\""), how);
        }
    }

    private void change(HttpExchange exchange, boolean toPrefill, Behaviour how)
            throws IOException {
        String before = role();
        String after = toPrefill ? "prefill" : "decode";
        if (before.equals(after)) {
            answer(exchange, 200, said(true, "already " + after, before, after, true));
            return;
        }
        synchronized (this) {
            told++;
        }
        if (how == Behaviour.HANGS) {
            hang();
        } else if (!idle.getAsBoolean() || how == Behaviour.REFUSES) {
            answer(exchange, 400, said(false, "not idle", before, after, true));
        } else if (how == Behaviour.BREAKS) {
            answer(exchange, 400, said(false, "transfer backend is gone", before, after, false));
        } else {
            synchronized (this) {
                prefill = toPrefill;
            }
            changed.accept(toPrefill);
            answer(exchange, 200, said(true, "switched", before, after, true));
        }
    }

    private void hang() {
        try {
            var _ = end.await(HANGS_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String said(
            boolean success, String message, String before, String after, boolean safe) {
        return """
        {"success": %s, "message": "%s", "old_role": "%s", "new_role": "%s", "safe_to_restore": %s}
        """
                .formatted(success, message, before, after, safe);
    }

    private static void answer(HttpExchange exchange, int code, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
