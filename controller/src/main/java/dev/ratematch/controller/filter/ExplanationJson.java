package dev.ratematch.controller.filter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.Explanation;
import dev.ratematch.controller.core.Residual;
import dev.ratematch.controller.host.MoveJson;

/// The reasons of one cycle as JSON, with the fields of the step protocol.
public final class ExplanationJson {

    private static final double MILLIS = 1e3;

    private ExplanationJson() {}

    /// Writes what a cycle found, as far as it got, into an object.
    public static void write(ObjectNode node, Explanation why) {
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
            node.put("current_served_share", why.currentServedShare());
        }
        var move = why.move();
        if (move != null) {
            MoveJson.write(node.putObject("move"), move);
        }
        var calibration = node.putObject("calibration");
        residual(calibration.putObject("prefill"), why.calibration().prefill());
        residual(calibration.putObject("decode"), why.calibration().decode());
    }

    private static void residual(ObjectNode node, Residual residual) {
        node.put("scale", residual.scale()).put("offset_ms", MILLIS * residual.offsetSeconds());
    }
}
