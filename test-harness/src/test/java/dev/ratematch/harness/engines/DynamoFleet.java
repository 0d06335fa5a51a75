package dev.ratematch.harness.engines;

import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// NVIDIA Dynamo's real frontend before mockers that prefill and mockers that decode, as processes
/// of low priority whose HTTP ports and request plane are on loopback. They find each other by
/// files. What their workers publish on ZMQ ports of every interface cannot be bound elsewhere, and
/// holds figures only.
final class DynamoFleet implements ServingFleet {

    /// Half of a mocker's own pace: what a busy client adds to each latency weighs less.
    private static final String PACE = "0.5";

    static final int KV_BLOCKS = 4096;
    static final int BLOCK_TOKENS = 16;

    private final Processes processes;
    private final Path folder;
    private final List<Target> targets = new ArrayList<>();

    private DynamoFleet(Processes processes, Path folder) {
        this.processes = processes;
        this.folder = folder;
    }

    /// Starts one; it serves some seconds later.
    ///
    /// @param folder for its model, its files and its logs
    static DynamoFleet start(Path python, Path folder, int prefill, int decode) throws IOException {
        TinyModel.write(Files.createDirectory(folder.resolve("model")));
        var fleet = new DynamoFleet(new Processes(python, folder), folder);
        try {
            int port = fleet.processes.freePort();
            fleet.run(
                    "frontend",
                    Map.of(),
                    List.of(
                            "dynamo.frontend",
                            "--http-host",
                            Processes.LOOPBACK,
                            "--http-port",
                            String.valueOf(port),
                            "--router-mode",
                            "round-robin"));
            fleet.targets.add(ServingFleet.target(Source.FRONTEND, "frontend", port));
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
        int port = processes.freePort();
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
        targets.add(ServingFleet.target(role, pod, port));
    }

    private void run(String name, Map<String, String> more, List<String> module)
            throws IOException {
        var environment = new HashMap<>(more);
        environment.put("DYN_DISCOVERY_BACKEND", "file");
        environment.put("DYN_FILE_KV", folder.resolve("discovery").toString());
        environment.put("DYN_REQUEST_PLANE", "tcp");
        environment.put("DYN_EVENT_PLANE", "zmq");
        environment.put("DYN_TCP_RPC_HOST", Processes.LOOPBACK);
        environment.put("DYN_TCP_RESPONSE_STREAM_HOST", loopbackInterface()); // takes no address
        environment.put("DYN_SYSTEM_HOST", Processes.LOOPBACK);
        environment.put("HF_HUB_OFFLINE", "1");
        processes.run(name, environment, module);
    }

    private static String loopbackInterface() throws IOException {
        var loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        return Objects.requireNonNull(loopback, "There is no loopback interface.").getName();
    }

    @Override
    public String url() {
        return targets.getFirst().url().replace("/metrics", "");
    }

    /// The frontend and all workers.
    @Override
    public List<Target> targets() {
        return List.copyOf(targets);
    }

    @Override
    public Processes processes() {
        return processes;
    }

    @Override
    public void close() {
        processes.close();
    }
}
