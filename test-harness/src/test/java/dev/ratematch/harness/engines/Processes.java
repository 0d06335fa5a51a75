package dev.ratematch.harness.engines;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The processes of a serving stack: of low priority, each with a log of its own.
final class Processes implements AutoCloseable {

    static final String LOOPBACK = "127.0.0.1";

    private static final long PATIENCE_SECONDS = 30;
    private static final long ASKED_SECONDS = 10;
    private static final int FIRST_PORT = 21_400;
    private static final int LOG_LINES = 5;

    private final Path python;
    private final Path folder;
    private final Map<String, Process> processes = new LinkedHashMap<>();

    private int nextPort = FIRST_PORT;

    /// @param folder of their logs
    Processes(Path python, Path folder) {
        this.python = python;
        this.folder = folder;
    }

    /// Starts a Python module.
    ///
    /// @param environment on top of this process's own
    /// @param module its name and arguments
    void run(String name, Map<String, String> environment, List<String> module) throws IOException {
        var command = new ArrayList<>(List.of("nice", "-n", "10", python.toString(), "-m"));
        command.addAll(module);
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(log(name).toFile());
        processes.put(name, builder.start());
    }

    /// The next port that is free, below the ephemeral ones: a worker of Dynamo takes none above
    /// 32767, which it holds in 16 bits with a sign.
    int freePort() throws IOException {
        for (; nextPort <= Short.MAX_VALUE; nextPort++) {
            try (var free = new ServerSocket(nextPort, 1, InetAddress.getLoopbackAddress())) {
                nextPort++;
                return free.getLocalPort();
            } catch (BindException _) {
                // Somebody else's.
            }
        }
        throw new IOException("No port from %d on is free.".formatted(FIRST_PORT));
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }

    boolean alive() {
        return processes.values().stream().allMatch(Process::isAlive);
    }

    /// The end of what each process wrote, for a message.
    String logs() {
        var text = new StringBuilder();
        for (String name : processes.keySet()) {
            try {
                var lines = Files.readAllLines(log(name));
                text.append(name).append(":\n");
                lines.stream()
                        .skip(Math.max(0, lines.size() - LOG_LINES))
                        .forEach(line -> text.append("  ").append(line).append('\n'));
            } catch (IOException e) {
                text.append(name).append(": ").append(e.getMessage()).append('\n');
            }
        }
        return text.toString();
    }

    /// Ends them and what they have started: by asking, since who is killed leaves shared memory
    /// behind, and then by force.
    @Override
    public void close() {
        var started = processes.values().stream().flatMap(Process::descendants).toList();
        processes.values().forEach(Process::destroy);
        for (var process : processes.values()) {
            try {
                process.waitFor(ASKED_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        processes.values().forEach(Process::destroyForcibly);
        started.forEach(ProcessHandle::destroyForcibly);
        for (var process : processes.values()) {
            try {
                process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
