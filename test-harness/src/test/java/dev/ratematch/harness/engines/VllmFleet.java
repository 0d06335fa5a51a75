package dev.ratematch.harness.engines;

import dev.ratematch.controller.telemetry.dialect.Source;
import dev.ratematch.controller.telemetry.scrape.Target;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A vLLM that prefills and one that decodes, on CPU and with made-up weights, between which NIXL
/// moves KV over loopback. Every port is on loopback.
final class VllmFleet implements ServingFleet {

    /// vLLM's attention on CPU takes multiples of 32.
    static final int BLOCK_TOKENS = 32;

    static final int KV_BLOCKS = 2048;
    private static final int CONTEXT_TOKENS = 4096;

    private final Processes processes;
    private final PrefillFirst proxy;
    private final List<Target> targets;

    private VllmFleet(Processes processes, PrefillFirst proxy, List<Target> targets) {
        this.processes = processes;
        this.proxy = proxy;
        this.targets = targets;
    }

    /// Starts one; it serves a minute or more later.
    ///
    /// @param folder for its model and its logs
    static VllmFleet start(Path python, Path folder, Vertx vertx) throws IOException {
        TinyModel.write(Files.createDirectory(folder.resolve("model")));
        var processes = new Processes(python, folder);
        try {
            int prefill = processes.freePort();
            int decode = processes.freePort();
            run(processes, folder, Source.PREFILL, prefill);
            run(processes, folder, Source.DECODE, decode);
            return new VllmFleet(
                    processes,
                    PrefillFirst.start(vertx, prefill, decode),
                    List.of(
                            ServingFleet.target(Source.PREFILL, "prefill", prefill),
                            ServingFleet.target(Source.DECODE, "decode", decode)));
        } catch (IOException e) {
            processes.close();
            throw e;
        }
    }

    private static void run(Processes processes, Path folder, Source role, int port)
            throws IOException {
        processes.run(
                role.label(),
                Map.ofEntries(
                        Map.entry("HF_HUB_OFFLINE", "1"),
                        Map.entry("VLLM_NO_USAGE_STATS", "1"),
                        Map.entry("VLLM_HOST_IP", Processes.LOOPBACK),
                        Map.entry("VLLM_NIXL_SIDE_CHANNEL_HOST", Processes.LOOPBACK),
                        Map.entry(
                                "VLLM_NIXL_SIDE_CHANNEL_PORT",
                                String.valueOf(processes.freePort())),
                        Map.entry("UCX_TLS", "tcp,sm,self"),
                        Map.entry("UCX_NET_DEVICES", "lo"),
                        Map.entry("VLLM_CPU_KVCACHE_SPACE", "1"), // GiB
                        // Two engines and a client on few cores: threads that spin would starve
                        // them.
                        Map.entry("VLLM_CPU_OMP_THREADS_BIND", "nobind"),
                        Map.entry("OMP_NUM_THREADS", "1")),
                List.of(
                        "vllm.entrypoints.openai.api_server",
                        "--model",
                        folder.resolve("model").toString(),
                        "--served-model-name",
                        TinyModel.NAME,
                        "--load-format",
                        "dummy",
                        "--enforce-eager",
                        "--host",
                        Processes.LOOPBACK,
                        "--port",
                        String.valueOf(port),
                        "--max-model-len",
                        String.valueOf(CONTEXT_TOKENS),
                        "--block-size",
                        String.valueOf(BLOCK_TOKENS),
                        "--num-gpu-blocks-override",
                        String.valueOf(KV_BLOCKS),
                        "--kv-transfer-config",
                        "{\"kv_connector\":\"NixlConnector\",\"kv_role\":\"kv_both\","
                                + "\"kv_buffer_device\":\"cpu\"}"));
    }

    /// What the KV of those prompts takes, bytes: whole blocks of bfloat16.
    static double kvBytes(List<Seen> seen) {
        return seen.stream()
                .mapToDouble(s -> BLOCK_TOKENS * Math.ceilDiv(s.inputTokens(), BLOCK_TOKENS))
                .map(tokens -> tokens * TinyModel.KV_VALUES * Short.BYTES)
                .sum();
    }

    /// Of its proxy.
    @Override
    public String url() {
        return proxy.url();
    }

    @Override
    public List<Target> targets() {
        return targets;
    }

    @Override
    public Processes processes() {
        return processes;
    }

    @Override
    public void close() {
        proxy.close();
        processes.close();
    }
}
