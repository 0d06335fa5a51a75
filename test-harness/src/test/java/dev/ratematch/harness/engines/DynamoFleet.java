package dev.ratematch.harness.engines;

import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Target;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// NVIDIA Dynamo's real frontend before mockers that prefill and mockers that decode, as processes
/// of low priority whose HTTP ports and request plane are on loopback. They find each other by
/// files. What their workers publish on ZMQ ports of every interface cannot be bound elsewhere, and
/// holds figures only.
final class DynamoFleet implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final long PATIENCE_SECONDS = 30;
    private static final int FIRST_PORT = 21_400;

    /// Half of a mocker's own pace: what a busy client adds to each latency weighs less.
    private static final String PACE = "0.5";

    static final int KV_BLOCKS = 4096;
    static final int BLOCK_TOKENS = 16;

    private final Path python;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    private int nextPort = FIRST_PORT;

    private DynamoFleet(Path python, Path folder) {
        this.python = python;
        this.folder = folder;
    }

    /// Starts one; it serves some seconds later.
    ///
    /// @param folder for its model, its files and its logs
    static DynamoFleet start(Path python, Path folder, int prefill, int decode) throws IOException {
        TinyModel.write(Files.createDirectory(folder.resolve("model")));
        var fleet = new DynamoFleet(python, folder);
        try {
            int port = fleet.freePort();
            fleet.run(
                    "frontend",
                    Map.of(),
                    List.of(
                            "dynamo.frontend",
                            "--http-host",
                            LOOPBACK,
                            "--http-port",
                            String.valueOf(port),
                            "--router-mode",
                            "round-robin"));
            fleet.targets.add(target(Source.FRONTEND, "frontend", port));
            for (int i = 0; i < prefill; i++) {
                fleet.worker(Source.PREFILL, i);
            }
            for (int i = 0; i < decode; i++) {
                fleet.worker(Source.DECODE, i);
            }
        } catch (IOException e) {
            fleet.close();
            throw e;
        }
        return fleet;
    }

    private void worker(Source role, int number) throws IOException {
        String pod = role.label() + number;
        int port = freePort();
        run(
                pod,
                Map.of("DYN_SYSTEM_PORT", String.valueOf(port)),
                List.of(
                        "dynamo.mocker",
                        "--model-path",
                        folder.resolve("model").toString(),
                        "--model-name",
                        TinyModel.NAME,
                        "--disaggregation-mode",
                        role.label(),
                        "--num-gpu-blocks-override",
                        String.valueOf(KV_BLOCKS),
                        "--block-size",
                        String.valueOf(BLOCK_TOKENS),
                        "--speedup-ratio",
                        PACE));
        targets.add(target(role, pod, port));
    }

    private void run(String name, Map<String, String> more, List<String> module)
            throws IOException {
        var command = new ArrayList<>(List.of("nice", "-n", "10", python.toString(), "-m"));
        command.addAll(module);
        var builder = new ProcessBuilder(command);
        var environment = builder.environment();
        environment.put("DYN_DISCOVERY_BACKEND", "file");
        environment.put("DYN_FILE_KV", folder.resolve("discovery").toString());
        environment.put("DYN_REQUEST_PLANE", "tcp");
        environment.put("DYN_EVENT_PLANE", "zmq");
        environment.put("DYN_TCP_RPC_HOST", LOOPBACK);
        environment.put("DYN_TCP_RESPONSE_STREAM_HOST", loopbackInterface()); // takes no address
        environment.put("DYN_SYSTEM_HOST", LOOPBACK);
        environment.put("HF_HUB_OFFLINE", "1");
        environment.putAll(more);
        processes.add(builder.redirectErrorStream(true).redirectOutput(log(name).toFile()).start());
    }

    private static String loopbackInterface() throws IOException {
        var loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        return Objects.requireNonNull(loopback, "There is no loopback interface.").getName();
    }

    /// The next port that is free, below the ephemeral ones: a worker takes none above 32767, which
    /// it holds in 16 bits with a sign.
    private int freePort() throws IOException {
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

    private static Target target(Source source, String pod, int port) {
        return new Target(source, pod, "http://%s:%d/metrics".formatted(LOOPBACK, port));
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }

    /// Where its frontend listens.
    String url() {
        return targets.getFirst().url().replace("/metrics", "");
    }

    /// The frontend and all workers.
    List<Target> targets() {
        return List.copyOf(targets);
    }

    boolean alive() {
        return processes.stream().allMatch(Process::isAlive);
    }

    /// The end of what each process wrote, for a message.
    String logs() {
        var text = new StringBuilder();
        for (var target : targets) {
            try {
                var lines = Files.readAllLines(log(target.pod()));
                text.append(target.pod()).append(":\n");
                lines.stream()
                        .skip(Math.max(0, lines.size() - 5))
                        .forEach(line -> text.append("  ").append(line).append('\n'));
            } catch (IOException e) {
                text.append(target.pod()).append(": ").append(e.getMessage()).append('\n');
            }
        }
        return text.toString();
    }

    /// Kills its processes.
    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        for (var process : processes) {
            try {
                process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
