package dev.ratematch.k8s.emit;

import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.launch.ServingEngine;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A load of the planned lengths, for ten minutes, by vLLM's own benchmark, which asks any server
/// that speaks the OpenAI API. It comes as fast as the fleet keeps its promises at with queueing:
/// at the rate of full engines every queue grows, and nothing would be in time.
final class LoadTests {

    private static final int SECONDS = 600;
    private static final int LEAST_PROMPTS = 100;

    private LoadTests() {}

    static HasMetadata of(Deployable it) {
        return new JobBuilder()
                .withNewMetadata()
                .withName(it.name() + "-load-test")
                .addToLabels(Deployable.NAME, it.name())
                .endMetadata()
                .withNewSpec()
                .withBackoffLimit(0)
                .withNewTemplate()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("load-test")
                .withImage("vllm/vllm-openai:v" + Deployable.version("vllm bench serve"))
                .withCommand(command(it))
                .withEnv(Pods.token())
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    /// Where requests go.
    static String address(Deployable it) {
        String host =
                switch (it.target()) {
                    case DYNAMO -> it.name() + "-frontend";
                    // The Service of llm-d's chart is named after its release.
                    case LLM_D -> it.name() + "-epp";
                    case VLLM, SGLANG, TRTLLM, LWS, RATEMATCHER -> it.router();
                };
        int port = it.target() == EmitTarget.LLM_D ? 80 : ServingEngine.PORT;
        return "http://%s:%d".formatted(host, port);
    }

    static List<String> command(Deployable it) {
        PlannedFleet fleet = it.fleet();
        var load = fleet.load();
        long cached = Math.round(load.inputTokens() * load.cachedShare());
        long fresh = Math.round(load.inputTokens()) - cached;
        double rate = fleet.keptRequestsPerSecond();
        long prompts = (long) Math.ceil(rate * SECONDS);
        var words = new ArrayList<>(List.of("vllm", "bench", "serve"));
        words.addAll(List.of("--backend", "openai", "--base-url", address(it)));
        words.addAll(List.of("--model", fleet.checkpoint(), "--dataset-name", "random"));
        words.addAll(List.of("--random-input-len", "" + fresh));
        if (cached > 0) {
            words.addAll(List.of("--random-prefix-len", "" + cached));
        }
        words.addAll(
                List.of(
                        "--random-output-len",
                        "" + Math.round(load.outputTokens()),
                        "--ignore-eos"));
        words.addAll(
                rate > 0
                        ? List.of("--request-rate", String.format(Locale.ROOT, "%.3f", rate))
                        : List.of("--max-concurrency", "1"));
        words.addAll(List.of("--num-prompts", "" + Math.max(LEAST_PROMPTS, prompts)));
        words.addAll(List.of("--percentile-metrics", "ttft,tpot,itl,e2el"));
        words.addAll(List.of("--metric-percentiles", "50,95,99"));
        words.add("--goodput");
        words.add("ttft:%d".formatted(Math.round(1000 * fleet.ttftSeconds())));
        words.add("tpot:%s".formatted(Matchers.time(fleet.itlSeconds()).replace("ms", "")));
        return words;
    }
}
