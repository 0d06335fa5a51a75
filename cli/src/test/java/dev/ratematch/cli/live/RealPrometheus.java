package dev.ratematch.cli.live;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A Prometheus process on a free port, for one test.
final class RealPrometheus implements AutoCloseable {

    private static final int PATIENCE_ROUNDS = 600;

    private final Process process;
    private final String url;

    private RealPrometheus(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /// Starts one and waits until it answers.
    ///
    /// @param folder for its data
    /// @param scrapeConfigs YAML below `scrape_configs`
    static RealPrometheus start(Path folder, String scrapeConfigs) throws IOException {
        String binaries = System.getProperty("ratematch.prometheus", "");
        if (binaries.isEmpty()) {
            throw new IllegalStateException(
                    "ratematch.prometheus names no folder; run make test-prometheus.");
        }
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var config = folder.resolve("prometheus.yml");
        Files.writeString(
                config,
                "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n"
                        + scrapeConfigs);
        var process =
                new ProcessBuilder(
                                Path.of(binaries, "prometheus").toString(),
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + folder.resolve("data"),
                                "--web.listen-address=127.0.0.1:" + port,
                                "--log.level=warn")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("prometheus.log").toFile())
                        .start();
        var started = new RealPrometheus(process, "http://127.0.0.1:" + port);
        started.awaitReady(folder);
        return started;
    }

    private void awaitReady(Path folder) throws IOException {
        var ready = HttpRequest.newBuilder(URI.create(url + "/-/ready")).build();
        try (var client = HttpClient.newHttpClient()) {
            for (int round = 0; round < PATIENCE_ROUNDS && process.isAlive(); round++) {
                try {
                    if (client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode()
                            == 200) {
                        return;
                    }
                } catch (IOException _) {
                    // Not listening yet.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
                LockSupport.parkNanos(100_000_000);
            }
        }
        close();
        throw new IllegalStateException(
                "Prometheus did not start:\n" + Files.readString(folder.resolve("prometheus.log")));
    }

    /// Where its API is.
    String url() {
        return url;
    }

    /// Kills it.
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
