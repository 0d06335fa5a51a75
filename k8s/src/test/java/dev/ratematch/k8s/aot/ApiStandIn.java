package dev.ratematch.k8s.aot;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// An API server of a few answers, and the metrics of the pods in it: enough for an operator to
/// start, to read its objects and to write down what it found, where no cluster can be. Tests of
/// what an operator does have a real one.
///
/// It speaks what a real one does (TLS, HTTP/2, watches over web sockets), since whoever starts
/// against it is to use the same classes as there.
final class ApiStandIn implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final String PASSWORD = "stand-in";
    private static final int LIMIT_SECONDS = 30;

    /// Requests that each engine has answered more at each look.
    private static final int STEP = 20;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger looks = new AtomicInteger();
    private final Path folder;
    private final Objects objects;
    private final HttpServer api;

    /// @param folder for its key, its certificate and the kubeconfig of those who want to reach it
    ApiStandIn(Path folder) {
        this.folder = folder;
        certify();
        var metrics =
                done(
                        vertx.createHttpServer(new HttpServerOptions().setHost(HOST).setPort(0))
                                .requestHandler(request -> request.response().end(page()))
                                .listen());
        objects = Objects.ofOneService(metrics.actualPort());
        var options =
                new HttpServerOptions()
                        .setHost(HOST)
                        .setPort(0)
                        .setSsl(true)
                        .setUseAlpn(true)
                        .setKeyCertOptions(
                                new PfxOptions()
                                        .setPath(folder.resolve("key.p12").toString())
                                        .setPassword(PASSWORD));
        api =
                done(
                        vertx.createHttpServer(options)
                                // A watch: nothing ever changes.
                                .webSocketHandler(_ -> {})
                                .requestHandler(this::answer)
                                .listen());
    }

    /// How it is reached.
    Path kubeconfig() {
        return write(
                "kubeconfig",
                """
                apiVersion: v1
                kind: Config
                current-context: stand-in
                clusters: [{name: stand-in, cluster: {server: "https://%s:%d", certificate-authority: "%s"}}]
                users: [{name: operator, user: {token: none}}]
                contexts: [{name: stand-in, context: {cluster: stand-in, user: operator, namespace: llm}}]
                """
                        .formatted(HOST, api.actualPort(), folder.resolve("ca.crt")));
    }

    /// Whether a RateMatcher says that its telemetry is read.
    boolean served() {
        var matcher = objects.find("ratematchers", "chat");
        if (matcher == null) {
            return false;
        }
        for (var condition : matcher.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("TelemetryFresh")
                    && condition.path("status").asText().equals("True")) {
                return true;
            }
        }
        return false;
    }

    private void answer(HttpServerRequest request) {
        request.body()
                .onSuccess(
                        body -> {
                            var answer =
                                    objects.answer(
                                            request.method().name(),
                                            String.valueOf(request.path()),
                                            body.toString());
                            var _ =
                                    request.response()
                                            .setStatusCode(answer.code())
                                            .putHeader("content-type", "application/json")
                                            .end(answer.body().toString());
                        });
    }

    private String page() {
        int served = STEP * looks.incrementAndGet();
        return String.format(
                Locale.ROOT,
                """
                vllm:num_requests_running{engine="0"} 3
                vllm:num_requests_waiting{engine="0"} 0
                vllm:kv_cache_usage_perc{engine="0"} 0.1
                vllm:request_success_total{engine="0",finished_reason="stop"} %1$d
                vllm:request_prompt_tokens_sum{engine="0"} %2$d
                vllm:request_prompt_tokens_count{engine="0"} %1$d
                vllm:request_generation_tokens_sum{engine="0"} %3$d
                vllm:request_generation_tokens_count{engine="0"} %1$d
                """,
                served,
                served * 500,
                served * 200);
    }

    /// A key and a certificate of its own, by the tool that each Java runtime has.
    private void certify() {
        var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String store = folder.resolve("key.p12").toString();
        run(
                List.of(
                        tool,
                        "-genkeypair",
                        "-alias",
                        "api",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=api",
                        "-ext",
                        "san=ip:" + HOST,
                        "-validity",
                        "1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store,
                        "-storepass",
                        PASSWORD));
        run(
                List.of(
                        tool,
                        "-exportcert",
                        "-rfc",
                        "-alias",
                        "api",
                        "-keystore",
                        store,
                        "-storepass",
                        PASSWORD,
                        "-file",
                        folder.resolve("ca.crt").toString()));
    }

    private static void run(List<String> command) {
        try {
            var process = new ProcessBuilder(command).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + command.getFirst(), e);
        }
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T done(Future<T> future) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        var _ = done(vertx.close());
    }
}
