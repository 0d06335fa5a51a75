package dev.ratematch.harness.exposition;

import dev.ratematch.harness.exposition.FrontendMetrics.Behind;
import dev.ratematch.harness.plant.EngineState;
import dev.ratematch.harness.plant.ServingPod;
import dev.ratematch.harness.sim.UpperBounds;
import java.util.function.ToDoubleFunction;

/// llm-d's endpoint picker, with the older twins that it still emits. A request that ends is
/// observed then, its prompt's length too. Every request here is prefilled apart, so no other kind
/// of decision has been counted.
final class EndpointPickerPage implements FrontendPage {

    private static final UpperBounds TTFT =
            UpperBounds.of(
                    .005, .025, .05, .1, .2, .4, .6, .8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20,
                    30, 45, 60, 120);
    private static final UpperBounds ITL =
            UpperBounds.of(.001, .005, .01, .02, .04, .06, .08, .1, .15, .2, .3, .5, .75, 1, 2);
    private static final UpperBounds TPOT =
            UpperBounds.of(
                    .0005, .00205, .005, .01, .02, .04, .06, .08, .1, .125, .15, .2, .3, .4, .5, .6,
                    .8, 1, 2);
    private static final UpperBounds INPUT =
            UpperBounds.of(
                    1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32778, 65536,
                    131072, 262144, 524288, 1048576);
    private static final UpperBounds OUTPUT =
            UpperBounds.of(1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192);
    private static final UpperBounds DURATION =
            UpperBounds.of(
                    .005, .025, .05, .1, .2, .4, .6, .8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20,
                    30, 45, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600);

    @Override
    public Bounds bounds() {
        return new Bounds(TTFT, ITL, TPOT, INPUT, OUTPUT, DURATION);
    }

    @Override
    public boolean countsLengthsAtTheEnd() {
        return true;
    }

    @Override
    public boolean showsRequests() {
        return true;
    }

    @Override
    public String render(FrontendMetrics counted, Behind behind) {
        String model =
                "model_name=\"%s\",target_model_name=\"%s\""
                        .formatted(counted.model, counted.model);
        var text = new ExpositionText(model);
        text.histogram("inference_objective_input_tokens", counted.inputTokens);
        text.histogram("inference_objective_output_tokens", counted.outputTokens);
        text.type("inference_objective_request_total", "counter");
        text.sample("inference_objective_request_total", "priority=\"0\"", counted.started);
        text.labels("fairness_id=\"default-flow\"," + model + ",priority=\"0\"");
        text.gauge("llm_d_epp_request_running", behind.inside());
        text.counter("llm_d_epp_request_total", counted.started);
        text.histogram("llm_d_epp_request_duration_seconds", counted.duration);
        text.histogram("llm_d_epp_request_input_tokens", counted.inputTokens);
        text.histogram("llm_d_epp_request_output_tokens", counted.outputTokens);
        text.histogram("llm_d_epp_request_cached_tokens", counted.cachedTokens);
        text.histogram("llm_d_epp_request_streaming_itl_seconds", counted.itl);
        text.histogram("llm_d_epp_request_streaming_tpot_seconds", counted.timePerToken);
        text.type("llm_d_epp_request_ttft_seconds", "histogram");
        text.buckets("llm_d_epp_request_ttft_seconds", "streaming=\"true\"", counted.ttft);
        String plugin = "disagg-profile-handler";
        text.labels(
                "model_name=\"%s\",plugin_name=\"%s\",plugin_type=\"%s\""
                        .formatted(counted.model, plugin, plugin));
        if (counted.started > 0) {
            text.type("llm_d_epp_disagg_decision_total", "counter");
            text.sample(
                    "llm_d_epp_disagg_decision_total",
                    "decision_type=\"prefill-decode\"",
                    counted.started);
        }
        pool(text, behind);
        return text.toString();
    }

    private static void pool(ExpositionText text, Behind behind) {
        text.labels("name=\"simulated\"");
        text.gauge("llm_d_epp_ready_endpoints", behind.workers().size());
        text.gauge("llm_d_epp_average_queue_size", mean(behind, EngineState::waiting));
        text.gauge("llm_d_epp_average_running_requests", mean(behind, EngineState::running));
        text.gauge("llm_d_epp_average_kv_cache_utilization", mean(behind, EngineState::kvUsed));
    }

    private static double mean(Behind behind, ToDoubleFunction<EngineState> of) {
        return behind.workers().stream().map(ServingPod::state).mapToDouble(of).average().orElse(0);
    }
}
