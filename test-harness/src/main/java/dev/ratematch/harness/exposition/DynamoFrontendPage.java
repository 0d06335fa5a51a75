package dev.ratematch.harness.exposition;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.exposition.FrontendMetrics.Behind;
import dev.ratematch.harness.plant.EngineId;
import dev.ratematch.harness.sim.UpperBounds;
import java.util.Locale;

/// The frontend of NVIDIA Dynamo. Before its own workers it also knows what each has to do.
final class DynamoFrontendPage implements FrontendPage {

    private static final UpperBounds TTFT =
            UpperBounds.of(
                    0, .0022, .0047, .01, .022, .047, .1, .22, .47, 1, 2.2, 4.7, 10, 22, 48, 100,
                    220, 480);
    private static final UpperBounds ITL =
            UpperBounds.of(0, .0019, .0035, .0067, .013, .024, .045, .084, .16, .3, .56, 1.1, 2);
    private static final UpperBounds INPUT =
            UpperBounds.of(0, 100, 210, 430, 870, 1800, 3600, 7400, 15000, 31000, 63000, 130000);
    private static final UpperBounds OUTPUT =
            UpperBounds.of(0, 100, 210, 430, 880, 1800, 3700, 7600, 16000, 32000);
    private static final int BLOCK_TOKENS = 16;

    private final boolean ownWorkers;

    DynamoFrontendPage(boolean ownWorkers) {
        this.ownWorkers = ownWorkers;
    }

    @Override
    public Bounds bounds() {
        return new Bounds(TTFT, ITL, ITL, INPUT, OUTPUT, TTFT);
    }

    @Override
    public boolean countsLengthsAtTheEnd() {
        return false;
    }

    @Override
    public boolean showsRequests() {
        return false;
    }

    @Override
    public String render(FrontendMetrics counted, Behind behind) {
        var text = new ExpositionText("model=\"" + counted.model.toLowerCase(Locale.ROOT) + "\"");
        text.gauge("dynamo_frontend_active_requests", behind.inside());
        text.gauge("dynamo_frontend_inflight_requests", behind.inside());
        text.gauge("dynamo_frontend_queued_requests", behind.beforeFirstToken());
        String endpoint = "endpoint=\"chat_completions\",request_type=\"stream\"";
        text.type("dynamo_frontend_requests_started_total", "counter");
        text.sample("dynamo_frontend_requests_started_total", endpoint, counted.started);
        text.type("dynamo_frontend_requests_total", "counter");
        text.sample(
                "dynamo_frontend_requests_total",
                endpoint + ",error_type=\"\",status=\"success\"",
                counted.succeeded);
        text.sample(
                "dynamo_frontend_requests_total",
                endpoint + ",error_type=\"internal\",status=\"error\"",
                counted.failed);
        if (counted.cancelled > 0) {
            text.sample(
                    "dynamo_frontend_requests_total",
                    endpoint + ",error_type=\"cancelled\",status=\"error\"",
                    counted.cancelled);
        }
        text.histogram("dynamo_frontend_time_to_first_token_seconds", counted.ttft);
        text.histogram("dynamo_frontend_inter_token_latency_seconds", counted.itl);
        text.histogram("dynamo_frontend_input_sequence_tokens", counted.inputTokens);
        text.histogram("dynamo_frontend_output_sequence_tokens", counted.outputTokens);
        if (ownWorkers) {
            text.histogram("dynamo_frontend_cached_tokens", counted.cachedTokens);
            workers(text, behind);
        }
        return text.toString();
    }

    private static void workers(ExpositionText text, Behind behind) {
        String tokens = "dynamo_frontend_worker_active_prefill_tokens";
        String blocks = "dynamo_frontend_worker_active_decode_blocks";
        text.type(tokens, "gauge");
        for (var worker : behind.workers()) {
            text.labels(labels(worker.engine()));
            boolean prefill = worker.engine().role() == Role.PREFILL;
            text.sample(tokens, "", prefill ? worker.state().promptTokens() : 0);
        }
        text.type(blocks, "gauge");
        for (var worker : behind.workers()) {
            text.labels(labels(worker.engine()));
            long kvTokens = (long) (worker.state().kvUsed() * worker.engine().kvTokens());
            boolean decode = worker.engine().role() == Role.DECODE;
            text.sample(blocks, "", decode ? kvTokens / BLOCK_TOKENS : 0);
        }
    }

    private static String labels(EngineId engine) {
        return "dp_rank=\"0\",worker_id=\"%s\",worker_type=\"%s\""
                .formatted(
                        DynamoWorkerPage.workerId(engine.role(), engine.number()),
                        engine.role().label());
    }
}
