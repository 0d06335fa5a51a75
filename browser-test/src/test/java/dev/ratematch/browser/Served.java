package dev.ratematch.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A command of ours that serves a console, as a process.
final class Served implements AutoCloseable {

    private static final Path ROOT = Path.of(System.getProperty("ratematch.root", ".."));
    private static final String SAYS = "Console: ";
    private static final long PATIENCE_SECONDS = 300;

    private final Process process;
    private final List<String> said = new ArrayList<>();
    private final CompletableFuture<String> url = new CompletableFuture<>();

    /// @param environment beside what there is
    Served(Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(ROOT.resolve("ratematch").toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("RATEMATCH_CONSOLE_TOKEN");
        builder.environment().putAll(environment);
        process = builder.start();
        Thread.ofVirtual().start(this::listen);
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (said) {
                    said.add(line);
                    said.notifyAll();
                }
                if (line.startsWith(SAYS)) {
                    url.complete(line.substring(SAYS.length()).strip());
                }
            }
            url.completeExceptionally(new IOException("It ended: " + said));
        } catch (IOException e) {
            // It was closed, or it broke: whoever waits for it is told.
            url.completeExceptionally(e);
        }
    }

    String url() throws Exception {
        return url.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /// Waits until it has said something.
    void said(String begin) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (said) {
            while (said.stream().noneMatch(line -> line.startsWith(begin))) {
                if (System.nanoTime() > until || !process.isAlive()) {
                    throw new IllegalStateException("It did not say %s: %s".formatted(begin, said));
                }
                said.wait(500);
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
