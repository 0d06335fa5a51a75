package dev.ratematch.cli.dashboards;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The tool that comes with a Prometheus.
public final class Promtool {

    private static final long PATIENCE_SECONDS = 60;

    private Promtool() {}

    /// Runs it to its end.
    ///
    /// @return what it printed
    /// @throws IllegalStateException with that when it fails
    public static String run(String... arguments) throws IOException {
        return fed("", arguments);
    }

    /// The same with something to read.
    public static String fed(String input, String... arguments) throws IOException {
        String folder = System.getProperty("ratematch.prometheus", "");
        var command = new ArrayList<>(List.of(Path.of(folder, "promtool").toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
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
}
