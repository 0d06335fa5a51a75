package dev.ratematch.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// The programs of a control plane, as `.ci/kube` built them.
public final class Binaries {

    private static final Path ROOT =
            Path.of(System.getProperty("ratematch.root", "..")).toAbsolutePath().normalize();

    private Binaries() {}

    /// The folder of a group: `control-plane`, `lws`, `monitoring` or `keda`. Builds it when it is
    /// not there yet, which takes minutes and shows its progress.
    public static Path folder(String group) {
        var builder =
                new ProcessBuilder("bash", ROOT.resolve(".ci/kube").toString(), group)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            var process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            int exit = process.waitFor();
            if (exit != 0 || output.isEmpty()) {
                throw new IllegalStateException(
                        ".ci/kube %s ended with %d; what it said is above.".formatted(group, exit));
            }
            return Path.of(output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run .ci/kube " + group, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in .ci/kube " + group, e);
        }
    }
}
