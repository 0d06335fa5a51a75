package dev.ratematch.k8s.emit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.sizing.launch.Launch;
import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.launch.ServingEngine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The engines' own parsers on the emitted command lines. `make test-engines` installs them.
@Tag("engines")
class EmitEnginesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PARSED = "PARSED ";

    @TempDir Path folder;

    private record Said(int exit, String output) {

        JsonNode parsed() throws IOException {
            assertThat(exit).as(output).isZero();
            String line =
                    output.lines()
                            .filter(each -> each.startsWith(PARSED))
                            .findFirst()
                            .orElseThrow();
            return JSON.readTree(line.substring(PARSED.length()));
        }
    }

    private Said ask(String installed, List<String> words) throws Exception {
        var script = folder.resolve("parse.py");
        if (!Files.exists(script)) {
            try (InputStream in = EmitEnginesTest.class.getResourceAsStream("parse.py")) {
                Files.copy(Objects.requireNonNull(in), script);
            }
        }
        var python = Path.of(System.getProperty(installed)).resolve("python");
        var process =
                new ProcessBuilder(python.toString(), script.toString())
                        .redirectErrorStream(true)
                        .start();
        try (var in = process.getOutputStream()) {
            in.write(JSON.writeValueAsBytes(words));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), output);
    }

    /// The words as a shell of the second host makes them.
    private static List<String> words(Launch launch) {
        return launch.words().stream()
                .map(
                        word ->
                                word.text()
                                        .replaceAll("\\$\\(\\(.*\\)\\)", "4")
                                        .replace("$LWS_WORKER_INDEX", "1")
                                        .replace("$LWS_LEADER_ADDRESS", "10.0.0.1"))
                .toList();
    }

    private static List<List<String>> commands(PlannedFleet fleet, EmitTarget target) {
        var it = new Deployable(fleet, target, ServingEngine.named(fleet.engine()), "chat");
        var commands = new ArrayList<List<String>>();
        for (var pool : fleet.pools()) {
            var started = it.started(pool);
            Stream.concat(Stream.of(started.leader()), started.worker().stream())
                    .forEach(launch -> commands.add(words(launch)));
        }
        return commands;
    }

    @Test
    @EnabledIfSystemProperty(
            named = "ratematch.vllm",
            matches = ".+",
            disabledReason = "vLLM is not installed: make test-engines says why")
    void vllmReadsItsCommandsAsThePlanMeansThem() throws Exception {
        var fleet = Plans.wide("vllm");
        int seen = 0;
        for (var command : commands(fleet, EmitTarget.VLLM)) {
            var parsed = ask("ratematch.vllm", command).parsed();
            var pool = fleet.pools().get(seen == 0 ? 0 : 1);
            assertThat(parsed.get("data_parallel_size").asInt())
                    .isEqualTo(pool.parallelism().attentionData());
            assertThat(parsed.get("enable_expert_parallel").asBoolean()).isTrue();
            assertThat(parsed.get("max_num_seqs").asInt()).isEqualTo(pool.sequences());
            assertThat(parsed.get("kv_transfer_config").toString())
                    .contains(seen == 0 ? "kv_producer" : "kv_consumer");
            seen++;
        }
        // Prefill on one host; decode on several: the first of them and the others.
        assertThat(seen).isEqualTo(3);
        var wrong = new ArrayList<>(commands(fleet, EmitTarget.VLLM).getFirst());
        wrong.add("--no-such-flag");
        assertThat(ask("ratematch.vllm", wrong).exit()).isEqualTo(2);
    }

    @Test
    @EnabledIfSystemProperty(
            named = "ratematch.vllm",
            matches = ".+",
            disabledReason = "vLLM is not installed: make test-engines says why")
    void theLoadTestIsReadAsThePlanMeansIt() throws Exception {
        var fleet = Plans.narrow("vllm");
        var it = new Deployable(fleet, EmitTarget.VLLM, ServingEngine.VLLM, "chat");
        var parsed = ask("ratematch.vllm", LoadTests.command(it)).parsed();
        assertThat(parsed.get("random_input_len").asInt()).isEqualTo(4096);
        assertThat(parsed.get("random_output_len").asInt()).isEqualTo(512);
        assertThat(parsed.get("goodput").toString()).contains("ttft:2000", "tpot:30");
    }

    @Test
    @EnabledIfSystemProperty(
            named = "ratematch.sglang",
            matches = ".+",
            disabledReason = "SGLang is not installed: make test-engines says why")
    void sglangReadsItsCommandsAsThePlanMeansThem() throws Exception {
        var fleet = Plans.wide("sglang");
        for (var command : commands(fleet, EmitTarget.SGLANG)) {
            var parsed = ask("ratematch.sglang", command).parsed();
            boolean prefill = parsed.get("disaggregation_mode").asText().equals("prefill");
            var pool = (prefill ? fleet.prefill() : fleet.decode()).getFirst();
            assertThat(parsed.get("tp_size").asInt()).isEqualTo(pool.parallelism().gpusPerStage());
            assertThat(parsed.get("dp_size").asInt()).isEqualTo(pool.parallelism().attentionData());
            assertThat(parsed.get("ep_size").asInt()).isEqualTo(pool.parallelism().expert());
            assertThat(parsed.get("pp_size").asInt()).isEqualTo(pool.parallelism().pipeline());
        }
        var wrong = new ArrayList<>(commands(fleet, EmitTarget.SGLANG).getFirst());
        wrong.add("--no-such-flag");
        assertThat(ask("ratematch.sglang", wrong).exit()).isEqualTo(2);
    }
}
