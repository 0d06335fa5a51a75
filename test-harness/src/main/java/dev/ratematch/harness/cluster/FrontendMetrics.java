package dev.ratematch.harness.cluster;

import dev.ratematch.harness.sim.Histogram;
import java.util.Locale;

/// What the frontend counts and exposes: the families and bucket bounds of NVIDIA Dynamo's.
final class FrontendMetrics {

    private static final double[] TTFT = {
        0, .0022, .0047, .01, .022, .047, .1, .22, .47, 1, 2.2, 4.7, 10, 22, 48, 100, 220, 480
    };
    private static final double[] ITL = {
        0, .0019, .0035, .0067, .013, .024, .045, .084, .16, .3, .56, 1.1, 2
    };
    private static final double[] INPUT = {
        0, 100, 210, 430, 870, 1800, 3600, 7400, 15000, 31000, 63000, 130000
    };
    private static final double[] OUTPUT = {0, 100, 210, 430, 880, 1800, 3700, 7600, 16000, 32000};

    final Histogram ttft = new Histogram(TTFT);
    final Histogram itl = new Histogram(ITL);
    final Histogram inputTokens = new Histogram(INPUT);
    final Histogram outputTokens = new Histogram(OUTPUT);
    long started;
    long succeeded;
    long failed;

    private final String labels;

    FrontendMetrics(String model) {
        this.labels = "model=\"" + model.toLowerCase(Locale.ROOT) + "\"";
    }

    /// @param beforeFirstToken requests without a first token yet
    String render(int inside, int beforeFirstToken) {
        var text = new ExpositionText(labels);
        text.gauge("dynamo_frontend_active_requests", inside);
        text.gauge("dynamo_frontend_inflight_requests", inside);
        text.gauge("dynamo_frontend_queued_requests", beforeFirstToken);
        String endpoint = "endpoint=\"chat_completions\",request_type=\"stream\"";
        text.type("dynamo_frontend_requests_started_total", "counter");
        text.sample("dynamo_frontend_requests_started_total", endpoint, started);
        text.type("dynamo_frontend_requests_total", "counter");
        text.sample(
                "dynamo_frontend_requests_total",
                endpoint + ",error_type=\"\",status=\"success\"",
                succeeded);
        text.sample(
                "dynamo_frontend_requests_total",
                endpoint + ",error_type=\"internal\",status=\"error\"",
                failed);
        text.histogram("dynamo_frontend_time_to_first_token_seconds", ttft);
        text.histogram("dynamo_frontend_inter_token_latency_seconds", itl);
        text.histogram("dynamo_frontend_input_sequence_tokens", inputTokens);
        text.histogram("dynamo_frontend_output_sequence_tokens", outputTokens);
        return text.toString();
    }
}
