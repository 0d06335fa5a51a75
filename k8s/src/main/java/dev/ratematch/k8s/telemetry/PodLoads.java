package dev.ratematch.k8s.telemetry;

import dev.ratematch.controller.telemetry.ExpositionException;
import dev.ratematch.controller.telemetry.ExpositionParser;
import dev.ratematch.controller.telemetry.Sample;
import dev.ratematch.controller.telemetry.Scrape;
import dev.ratematch.controller.telemetry.scrape.Answer;
import dev.ratematch.controller.telemetry.scrape.Fetcher;
import dev.ratematch.controller.telemetry.scrape.Target;
import dev.ratematch.k8s.fleet.PodLoad;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What single engines have to do, asked of themselves: a drain must not wait for a scrape
/// interval, nor trust an average.
public final class PodLoads {

    private static final Set<String> REQUESTS =
            Set.of(
                    "vllm:num_requests_running",
                    "vllm:num_requests_waiting",
                    "vllm_num_requests_running",
                    "vllm_num_requests_waiting",
                    "sglang:num_running_reqs",
                    "sglang:num_queue_reqs",
                    "sglang_num_running_reqs",
                    "sglang_num_queue_reqs",
                    "trtllm_num_requests_running",
                    "trtllm_num_requests_waiting");
    private static final Set<String> KV =
            Set.of(
                    "vllm:kv_cache_usage_perc",
                    "vllm:gpu_cache_usage_perc",
                    "vllm_kv_cache_usage_perc",
                    "sglang:token_usage",
                    "sglang_token_usage",
                    "trtllm_kv_cache_utilization");

    private PodLoads() {}

    /// The load by pod; one that does not answer, or not as an engine does, is absent.
    public static Map<String, PodLoad> of(Fetcher fetcher, List<Target> targets) {
        var loads = new HashMap<String, PodLoad>();
        for (Answer answer : fetcher.fetch(targets)) {
            if (answer.error().isEmpty()) {
                load(answer.body()).ifPresent(load -> loads.put(answer.target().pod(), load));
            }
        }
        return loads;
    }

    private static Optional<PodLoad> load(String body) {
        try {
            var scrape =
                    ExpositionParser.keeping(n -> REQUESTS.contains(n) || KV.contains(n))
                            .parse(body);
            double requests = sum(scrape, REQUESTS);
            return Double.isNaN(requests)
                    ? Optional.empty()
                    : Optional.of(new PodLoad(requests, sum(scrape, KV)));
        } catch (ExpositionException e) {
            return Optional.empty();
        }
    }

    /// The sum over ranks and names; NaN where there is none, or one is NaN.
    private static double sum(Scrape scrape, Set<String> names) {
        double sum = 0;
        boolean any = false;
        for (Sample sample : scrape.samples()) {
            if (names.contains(sample.series().name())) {
                any = true;
                sum += sample.value();
            }
        }
        return any ? sum : Double.NaN;
    }
}
