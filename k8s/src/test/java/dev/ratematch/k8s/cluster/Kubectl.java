package dev.ratematch.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The real kubectl, as one user.
public final class Kubectl {

    /// What a call printed, both streams in their order.
    public record Result(int exit, String output) {

        /// The output of a call that must succeed.
        public String orThrow() {
            if (exit != 0) {
                throw new AssertionError("kubectl ended with %d: %s".formatted(exit, output));
            }
            return output;
        }
    }

    private final Path program;
    private final Path kubeconfig;

    Kubectl(Path program, Path kubeconfig) {
        this.program = program;
        this.kubeconfig = kubeconfig;
    }

    public Result run(String... arguments) {
        return runWithInput("", arguments);
    }

    /// Runs a command that reads from `-f -`.
    public Result runWithInput(String input, String... arguments) {
        var command = new ArrayList<>(List.of(program.toString(), "--kubeconfig=" + kubeconfig));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + program, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in kubectl", e);
        }
    }
}
