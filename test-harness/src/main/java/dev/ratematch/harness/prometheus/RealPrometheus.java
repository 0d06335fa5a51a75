package dev.ratematch.harness.prometheus;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A Prometheus process on a free port of the loopback interface.
public final class RealPrometheus implements AutoCloseable {

    private static final int PATIENCE_ROUNDS = 900;
    private static final long ROUND_NANOS = 100_000_000;
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final String url;

    private RealPrometheus(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /// Folder of the `prometheus` and `promtool` that tests use.
    ///
    /// @throws IllegalStateException when none is named
    public static Path binaries() {
        String folder = System.getProperty("ratematch.prometheus", "");
        if (folder.isEmpty()) {
            throw new IllegalStateException(
                    "ratematch.prometheus names no folder; run make test-prometheus.");
        }
        return Path.of(folder);
    }

    /// Starts one that scrapes every second and waits until it answers.
    ///
    /// @param folder for its data; what is below `data` already is served too
    /// @param scrapeConfigs YAML below `scrape_configs`; empty to scrape nothing
    public static RealPrometheus start(Path folder, String scrapeConfigs) throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var config = folder.resolve("prometheus.yml");
        Files.writeString(
                config,
                "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n"
                        + (scrapeConfigs.isEmpty() ? "" : "scrape_configs:\n" + scrapeConfigs));
        var process =
                new ProcessBuilder(
                                binaries().resolve("prometheus").toString(),
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + folder.resolve("data"),
                                "--storage.tsdb.retention.time=100y",
                                "--web.listen-address=127.0.0.1:" + port,
                                "--log.level=warn")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("prometheus.log").toFile())
                        .start();
        var started = new RealPrometheus(process, "http://127.0.0.1:" + port);
        started.awaitReady(folder);
        return started;
    }

    /// Runs `promtool` to its end.
    ///
    /// @return what it printed
    /// @throws IllegalStateException with that when it fails
    public static String promtool(String... arguments) throws IOException {
        var command = new ArrayList<String>(List.of(binaries().resolve("promtool").toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
                return printed;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new IllegalStateException("promtool failed:\n" + printed);
    }

    private void awaitReady(Path folder) throws IOException {
        var ready = HttpRequest.newBuilder(URI.create(url + "/-/ready")).build();
        try (var client = HttpClient.newHttpClient()) {
            for (int round = 0; round < PATIENCE_ROUNDS && process.isAlive(); round++) {
                try {
                    if (client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode()
                            == HttpURLConnection.HTTP_OK) {
                        return;
                    }
                } catch (IOException _) {
                    // Not listening yet.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
                LockSupport.parkNanos(ROUND_NANOS);
            }
        }
        close();
        throw new IllegalStateException(
                "Prometheus did not start:\n" + Files.readString(folder.resolve("prometheus.log")));
    }

    /// Where its API is.
    public String url() {
        return url;
    }

    /// Kills it.
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
