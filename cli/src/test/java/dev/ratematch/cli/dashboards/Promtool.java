package dev.ratematch.cli.dashboards;

import dev.ratematch.harness.prometheus.RealPrometheus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// What promtool has to say about a page of metrics.
public final class Promtool {

    private static final long PATIENCE_SECONDS = 60;

    private Promtool() {}

    /// Its complaints; empty when it has none.
    public static String complaints(String page) throws IOException, InterruptedException {
        var promtool = RealPrometheus.binaries().resolve("promtool").toString();
        var process =
                new ProcessBuilder(promtool, "check", "metrics").redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(page.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        return ended && process.exitValue() == 0 ? said : "promtool failed: " + said;
    }
}
