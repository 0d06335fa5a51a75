package dev.ratematch.k8s.cluster;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A real Prometheus, on loopback.
public final class Prometheus implements AutoCloseable {

    /// System property with the folder of its program; empty where none can be had.
    public static final String PROPERTY = "ratematch.prometheus";

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Program program;
    private final String url;

    private Prometheus(Program program, String url) {
        this.program = program;
        this.url = url;
    }

    /// Starts one and waits until it answers.
    ///
    /// @param folder for its data
    /// @param interval between two scrapes, such as `1s`
    /// @param jobs the items of `scrape_configs`, not indented
    public static Prometheus start(Sandbox sandbox, Path folder, String interval, String jobs)
            throws IOException {
        int port = ControlPlane.freePort();
        var config = folder.resolve("prometheus.yml");
        Files.writeString(
                config,
                "global: {scrape_interval: %s, scrape_timeout: 1s}\nscrape_configs:\n%s"
                        .formatted(interval, jobs));
        String url = "http://127.0.0.1:" + port;
        var program =
                Program.start(
                        "prometheus-" + sandbox.namespace(),
                        sandbox.controlPlane().folder(),
                        Map.of(),
                        List.of(
                                Path.of(System.getProperty(PROPERTY), "prometheus").toString(),
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + folder.resolve("data"),
                                "--web.listen-address=127.0.0.1:" + port,
                                "--log.level=warn"));
        return new Prometheus(
                program.awaitReady(
                        LIMIT,
                        () ->
                                LeaderWorkerSets.answers(
                                        HttpClient.newHttpClient(), url + "/-/ready", 200)),
                url);
    }

    /// Its root.
    public String url() {
        return url;
    }

    /// Ends it without a farewell.
    public void kill() {
        program.kill();
    }

    @Override
    public void close() {
        program.close();
    }
}
