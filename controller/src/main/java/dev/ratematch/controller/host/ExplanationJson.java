package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.Assessment;
import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Explanation;
import dev.ratematch.controller.core.Forecast;
import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.guard.Verdict;
import dev.ratematch.controller.plan.Plan;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The reasons of one cycle as JSON, alike in the journal, in replies and in recommendations. What
/// is unknown or without bound is null.
public final class ExplanationJson {

    private static final double MILLIS = 1e3;

    private ExplanationJson() {}

    /// Writes what a cycle found, as far as it got, into an object.
    public static void write(ObjectNode node, Cycle cycle) {
        var why = cycle.explanation();
        var load = why.estimate();
        if (load != null) {
            node.putObject("estimate")
                    .put("requests_per_s", load.requestsPerSecond())
                    .put("isl_mean", load.inputTokens())
                    .put("isl_uncached_mean", load.uncachedInputTokens())
                    .put("osl_mean", load.outputTokens())
                    .put("dispersion", load.dispersion())
                    .put("prefill_backlog", load.prefillBacklogRequests())
                    .put("decode_backlog", load.decodeBacklogRequests())
                    .put("windows", load.windows());
        }
        var demand = why.demand();
        if (demand != null) {
            node.putObject("demand")
                    .put("prefill_requests_per_s", demand.prefillRequestsPerSecond())
                    .put("decode_requests_per_s", demand.decodeRequestsPerSecond());
        }
        var plan = why.plan();
        if (plan != null) {
            node.putObject("plan")
                    .put("prefill", plan.prefill())
                    .put("decode", plan.decode())
                    .put("gpus", plan.gpus())
                    .put("served_share", plan.servedShare())
                    .put("prefill_requests_per_s", plan.prefillRequestsPerSecond())
                    .put("decode_requests_per_s", plan.decodeRequestsPerSecond())
                    .put("candidates", plan.candidates());
            node.put("current_served_share", why.servedShare());
            candidates(node.putArray("candidates"), why.candidates());
        }
        var move = why.move();
        if (move != null) {
            MoveJson.write(node.putObject("move"), move);
        }
        guards(node.putArray("guards"), cycle.verdicts());
        var assessment = why.assessment();
        if (assessment != null) {
            assessment(node, assessment, cycle.spec().slo().ttftSeconds());
        }
        var calibration = node.putObject("calibration");
        residual(calibration.putObject("prefill"), why.calibration().prefill());
        residual(calibration.putObject("decode"), why.calibration().decode());
        residual(calibration.putObject("transfer"), why.calibration().transfer());
        residual(calibration.putObject("link"), why.calibration().link());
        calibration.put("decode_kv_tokens", why.calibration().decodeKvTokens());
    }

    private static void candidates(ArrayNode list, List<Explanation.Candidate> candidates) {
        for (var each : candidates) {
            list.addObject()
                    .put("as", each.as().name().toLowerCase(Locale.ROOT))
                    .put("prefill", each.pair().prefill())
                    .put("decode", each.pair().decode())
                    .put("gpus", each.gpus())
                    .put("served_share", each.servedShare())
                    .put("served_without_margin_share", each.servedBareShare());
        }
    }

    private static void guards(ArrayNode list, List<Verdict> verdicts) {
        for (var verdict : verdicts) {
            var node = list.addObject();
            node.put("guard", verdict.guard().name()).put("holds", verdict.holds());
            var figures = node.putObject("figures");
            verdict.figures().forEach(f -> put(figures, f.name(), f.value()));
        }
    }

    private static void assessment(ObjectNode node, Assessment found, double ttftSeconds) {
        forecast(node.putObject("now"), found.now());
        forecast(node.putObject("end"), found.end());
        var late = found.pastSaving();
        if (late != null) {
            var past = node.putObject("past_saving");
            put(past, "waiting_requests", late.waitingRequests());
            put(past, "requests", late.requests());
            put(past, "share", late.share());
            put(past, "ttft_back_s", late.backSeconds());
            put(past, "ttft_back_with_deadline_s", late.backWithDeadlineSeconds());
            past.put("text", late.text(ttftSeconds));
        }
    }

    private static void forecast(ObjectNode node, Forecast forecast) {
        node.put("prefill", forecast.pair().prefill()).put("decode", forecast.pair().decode());
        pool(node.putObject("prefill_pool"), forecast.prefill());
        pool(node.putObject("decode_pool"), forecast.decode());
        put(node, "transfer_requests_per_s", forecast.transferRequestsPerSecond());
        put(node, "ttft_ms", MILLIS * forecast.ttftSeconds());
        put(node, "itl_ms", MILLIS * forecast.itlSeconds());
        put(node, "served_share", forecast.servedShare());
        node.put("limit", limit(forecast.binding()));
        put(node, "one_more_prefill_requests_per_s", forecast.prefillWorth());
        put(node, "one_more_decode_requests_per_s", forecast.decodeWorth());
        put(node, "lost_to_whole_replicas_share", forecast.lossShare());
    }

    private static void pool(ObjectNode node, Forecast.Pool pool) {
        put(node, "requests_per_s", pool.requestsPerSecond());
        put(node, "asked_requests_per_s", pool.askedRequestsPerSecond());
        put(node, "full_requests_per_s", pool.fullRequestsPerSecond());
        put(node, "batch", pool.batch());
        put(node, "kv_fill", pool.kvFill());
    }

    /// A limit as JSON names it.
    static String limit(Plan.Limit limit) {
        return limit.name().toLowerCase(Locale.ROOT);
    }

    private static void put(ObjectNode node, String name, @Nullable Double value) {
        node.put(name, value != null && Double.isFinite(value) ? value : null);
    }

    private static void residual(ObjectNode node, Residual residual) {
        node.put("scale", residual.scale()).put("offset_ms", MILLIS * residual.offsetSeconds());
    }
}
