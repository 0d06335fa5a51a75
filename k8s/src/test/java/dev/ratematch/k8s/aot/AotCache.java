package dev.ratematch.k8s.aot;

import dev.ratematch.k8s.cluster.Await;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Makes what the image starts from: a cache of classes as a JVM has them loaded and linked, learnt
/// from one operator that starts, reads a service and ends. The JVM that makes it is the only one
/// that can use it, with the options that it was made with; so it is made where the image runs.
///
/// An image for another kind of machine than the one that builds gets none, and none is an image
/// that starts as well, but slowly: whatever goes wrong here is said and fails no build.
final class AotCache {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String FILE = "ratematch.aot";

    private AotCache() {}

    /// A folder, which gets the cache and `start.options`, and the command whose start it is for.
    public static void main(String[] args) throws IOException {
        var folder = Files.createDirectories(Path.of(args[0]));
        var command = List.of(args).subList(1, args.length);
        String options = "";
        if (!same(System.getenv())) {
            say("this image is for another kind of machine; it gets no cache");
        } else {
            try {
                options = made(folder, command);
            } catch (AssertionError | IOException | RuntimeException e) {
                say("no cache was made, the image will start slowly: " + e);
                var _ = Files.deleteIfExists(folder.resolve(FILE));
            }
        }
        Files.writeString(folder.resolve("start.options"), options);
        System.exit(0);
    }

    /// Whether the image runs on the kind of machine that builds it, as builders tell.
    static boolean same(Map<String, String> environment) {
        return Objects.equals(environment.get("BUILDPLATFORM"), environment.get("TARGETPLATFORM"));
    }

    /// The command that starts an operator and writes down what it loaded.
    static List<String> training(List<String> command, Path cache, int httpPort) {
        var training = new ArrayList<>(command);
        training.add(1, "-XX:AOTCacheOutput=" + cache);
        training.addAll(List.of("operator", "--scaler-port=0", "--http-port=" + httpPort));
        return training;
    }

    /// Returns the options that use the cache.
    private static String made(Path folder, List<String> command) throws IOException {
        var cache = folder.resolve(FILE);
        var scratch = Files.createTempDirectory("aot");
        @Nullable Process process = null;
        try (var api = new ApiStandIn(scratch)) {
            int port = freePort();
            var builder = new ProcessBuilder(training(command, cache, port)).inheritIO();
            builder.environment().put("KUBECONFIG", api.kubeconfig().toString());
            process = builder.start();
            var operator = process;
            Await.until(
                    LIMIT,
                    "the operator is ready and has read a service",
                    () -> !operator.isAlive() || (ready(port) && api.served()));
            // It is asked to, as the kubelet does, and makes the cache before it has ended.
            process.destroy();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the operator goes on");
            }
            if (!Files.exists(cache)) {
                throw new IllegalStateException("the operator ended with " + process.exitValue());
            }
            say("%d MiB in %s".formatted(Files.size(cache) >> 20, cache));
            return "-XX:AOTCache=%s%n".formatted(cache);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private static boolean ready(int port) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/readyz".formatted(port)));
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode()
                    == 200;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void say(String text) {
        System.err.println("AOT cache: " + text);
    }
}
