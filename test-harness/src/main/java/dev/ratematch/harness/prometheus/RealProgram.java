package dev.ratematch.harness.prometheus;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A server process on the loopback interface, for one test.
public final class RealProgram implements AutoCloseable {

    private static final int PATIENCE_ROUNDS = 900;
    private static final long ROUND_NANOS = 100_000_000;
    private static final long PATIENCE_SECONDS = 120;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final Process process;

    private RealProgram(Process process) {
        this.process = process;
    }

    /// Whether a server has come so far that it can be asked.
    @FunctionalInterface
    public interface Ready {

        /// Asks it once.
        ///
        /// @throws IOException while it does not listen
        boolean yet() throws IOException, InterruptedException;
    }

    /// Folder of a program that was built or found for the tests.
    ///
    /// @param name of the program, such as `thanos`; the property `ratematch.NAME` has the folder
    /// @param target of make that sets it
    /// @throws IllegalStateException when nobody did
    public static Path binaries(String name, String target) {
        String folder = System.getProperty("ratematch." + name, "");
        if (folder.isEmpty()) {
            throw new IllegalStateException(
                    "ratematch.%s names no folder; run make %s.".formatted(name, target));
        }
        return Path.of(folder);
    }

    /// A port of the loopback interface that nobody uses at the moment, and that was not given
    /// before: whoever got it may not listen yet.
    public static int freePort() throws IOException {
        int port;
        do {
            try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
        } while (!GIVEN.add(port));
        return port;
    }

    /// Starts one and waits until it can be asked.
    ///
    /// @param log gets what it prints
    /// @throws IllegalStateException with that when it ends or takes too long
    public static RealProgram start(Path log, List<String> command, Ready ready)
            throws IOException {
        var started =
                new RealProgram(
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectOutput(log.toFile())
                                .start());
        if (started.becomes(ready)) {
            return started;
        }
        started.close();
        throw new IllegalStateException(
                command.getFirst() + " did not start:\n" + Files.readString(log));
    }

    /// Ready when that address answers with HTTP 200.
    public static Ready answering(String url) {
        var request = HttpRequest.newBuilder(URI.create(url)).build();
        return () -> {
            try (var client = HttpClient.newHttpClient()) {
                return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()
                        == HttpURLConnection.HTTP_OK;
            }
        };
    }

    private boolean becomes(Ready ready) {
        for (int round = 0; round < PATIENCE_ROUNDS && process.isAlive(); round++) {
            try {
                if (ready.yet()) {
                    return true;
                }
            } catch (IOException _) {
                // Not listening yet.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            LockSupport.parkNanos(ROUND_NANOS);
        }
        return false;
    }

    @Override
    public void close() {
        kill();
    }

    /// Ends it without a farewell.
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
