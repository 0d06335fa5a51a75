package dev.ratematch.harness.prometheus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Prometheus process on a free port of the loopback interface.
public final class RealPrometheus implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    private final RealProgram program;
    private final String url;

    private RealPrometheus(RealProgram program, String url) {
        this.program = program;
        this.url = url;
    }

    /// Folder of the `prometheus` and `promtool` that tests use.
    ///
    /// @throws IllegalStateException when none is named
    public static Path binaries() {
        return RealProgram.binaries("prometheus", "test-prometheus");
    }

    /// Starts one that scrapes every second and waits until it answers.
    ///
    /// @param folder for its data; what is below `data` already is served too
    /// @param scrapeConfigs YAML below `scrape_configs`; empty to scrape nothing
    public static RealPrometheus start(Path folder, String scrapeConfigs) throws IOException {
        int port = RealProgram.freePort();
        String url = "http://127.0.0.1:" + port;
        return start(
                folder,
                scrapeConfigs,
                port,
                url,
                RealProgram.answering(url + "/-/ready"),
                List.of());
    }

    /// The same with flags of the command line.
    ///
    /// @param url where its API is then, with scheme and prefix
    public static RealPrometheus start(
            Path folder,
            String scrapeConfigs,
            int port,
            String url,
            RealProgram.Ready ready,
            List<String> flags)
            throws IOException {
        var config = folder.resolve("prometheus.yml");
        Files.writeString(
                config,
                "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n"
                        + (scrapeConfigs.isEmpty() ? "" : "scrape_configs:\n" + scrapeConfigs));
        var command =
                new ArrayList<String>(
                        List.of(
                                binaries().resolve("prometheus").toString(),
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + folder.resolve("data"),
                                "--storage.tsdb.retention.time=100y",
                                "--web.listen-address=127.0.0.1:" + port,
                                "--log.level=warn"));
        command.addAll(flags);
        return new RealPrometheus(
                RealProgram.start(folder.resolve("prometheus.log"), command, ready), url);
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

    /// Where its API is.
    public String url() {
        return url;
    }

    /// Kills it.
    @Override
    public void close() {
        program.close();
    }
}
