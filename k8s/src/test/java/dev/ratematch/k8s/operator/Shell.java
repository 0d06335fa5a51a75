package dev.ratematch.k8s.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;

/// A command line as people type it.
final class Shell {

    private Shell() {}

    /// What it printed.
    ///
    /// @throws AssertionError when it failed
    static String run(String command) {
        try {
            var process =
                    new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError("%s%nfailed:%n%s".formatted(command, said));
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(command + " was interrupted", e);
        }
    }
}
