package dev.ratematch.controller.advice;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.Forecast;
import dev.ratematch.controller.host.ExplanationJson;
import dev.ratematch.controller.observe.Counts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One cycle of advice as a JSON object; what is unknown is null, never zero. Pure.
public final class AdviceJson {

    private static final double MILLIS = 1e3;

    private AdviceJson() {}

    /// The object.
    public static ObjectNode of(Round round) {
        var node = JsonNodeFactory.instance.objectNode();
        var snapshot = round.snapshot();
        var cycle = round.cycle();
        node.put("at", AdviceText.at(snapshot));
        node.put("tells", round.tells());
        node.put("decision", cycle.decision().label());
        node.put("reason", cycle.decision().reason().name());
        node.put("text", cycle.explanation().text());
        node.put("recommendation", Prospect.recommendation(round));
        pair(node.putObject("current"), cycle.now());
        pair(node.putObject("now"), cycle.told());
        var end = cycle.end();
        pair(node.putObject("end"), end == null ? Counts.UNKNOWN : Counts.of(end));
        node.put("limiting", cycle.explanation().limiting().name().toLowerCase(Locale.ROOT));
        var broken = node.putArray("promise_broken");
        for (var breach : cycle.breaches()) {
            var one = broken.addObject().put("promise", breach.promise());
            number(one, "mean_s", breach.mean(), 1);
            number(one, "quantile_s", breach.quantile(), 1);
            one.put("promised_s", breach.promisedSeconds());
        }
        text(node, "gain", Prospect.gain(round));
        var confidence = round.confidence();
        var trust = node.putObject("confidence");
        trust.put("level", confidence.level().label());
        confidence.because().forEach(trust.putArray("because")::add);
        node.put("next", Prospect.next(round));
        text(node, "changes", Prospect.changes(round));
        observed(node.putObject("observed"), round);
        var assessed = round.assessment();
        if (assessed == null) {
            node.putNull("model");
        } else {
            var model = node.putObject("model");
            model.put("requests_per_s", assessed.expected().requestsPerSecond());
            model.put("planned_requests_per_s", assessed.demand().requestsPerSecond());
            forecast(model.putObject("current"), assessed.now());
            forecast(model.putObject("end"), assessed.end());
        }
        ExplanationJson.write(node.putObject("explanation"), cycle);
        var service = node.putObject("service");
        service.put("model", round.service().model())
                .put("gpu", round.service().gpu())
                .put("engine", round.service().engine())
                .put("prefill", round.service().prefillParallel())
                .put("decode", round.service().decodeParallel())
                .put("budget_gpus", round.service().spec().budgetGpus());
        var warnings = node.putArray("warnings");
        (round.tells() ? AdviceText.warnings(round) : AdviceText.reasons(round))
                .forEach(warnings::add);
        return node;
    }

    private static void text(ObjectNode node, String name, @Nullable String value) {
        if (value == null) {
            node.putNull(name);
        } else {
            node.put(name, value);
        }
    }

    private static void pair(ObjectNode node, Counts pair) {
        node.put("prefill", pair.prefill()).put("decode", pair.decode());
    }

    private static void observed(ObjectNode node, Round round) {
        var snapshot = round.snapshot();
        var traffic = snapshot.traffic();
        var window = snapshot.windowSeconds();
        number(node, "window_s", window, 1);
        number(node, "requests_per_s", traffic.arrived(), 1 / window.orElse(1));
        node.put("arrivals_are_lower_bound", traffic.arrivedIsLowerBound());
        number(node, "rejected_per_s", traffic.rejected(), 1 / window.orElse(1));
        var flow = traffic.flow();
        number(node, "frontend_requests_per_s", flow.frontend(), 1 / window.orElse(1));
        number(node, "prefill_requests_per_s", flow.prefill(), 1 / window.orElse(1));
        number(node, "decode_sequences_per_s", flow.decode(), 1 / window.orElse(1));
        node.put("sequences_per_request", flow.sequencesPerRequest());
        number(node, "isl_mean", traffic.inputTokensMean(), 1);
        number(node, "isl_uncached_mean", traffic.uncachedInputTokensMean(), 1);
        number(node, "osl_mean", traffic.outputTokensMean(), 1);
        number(node, "kv_hit_rate", traffic.kvHitRate(), 1);
        number(node, "accept_length", traffic.acceptLength(), 1);
        number(node, "ttft_ms_mean", traffic.ttftMeanSeconds(), MILLIS);
        number(node, "ttft_ms_quantile", traffic.ttftQuantileSeconds(), MILLIS);
        bucket(node, "ttft_ms_bucket", traffic.resolution().ttft());
        number(node, "itl_ms_mean", traffic.itlMeanSeconds(), MILLIS);
        number(node, "itl_ms_quantile", traffic.itlQuantileSeconds(), MILLIS);
        bucket(node, "itl_ms_bucket", traffic.resolution().itl());
        pool(node.putObject("prefill"), snapshot.prefill());
        pool(node.putObject("decode"), snapshot.decode());
    }

    /// In which the quantile lies; the one above all bounds has no end.
    private static void bucket(ObjectNode node, String name, @Nullable Bucket bucket) {
        if (bucket == null) {
            node.putNull(name);
            return;
        }
        var bounds = node.putArray(name).add(MILLIS * bucket.lower());
        if (Double.isFinite(bucket.upper())) {
            bounds.add(MILLIS * bucket.upper());
        } else {
            bounds.addNull();
        }
    }

    private static void pool(ObjectNode node, PoolReading pool) {
        number(node, "desired", pool.desired(), 1);
        number(node, "ready", pool.ready(), 1);
        number(node, "queued", pool.queuedRequests(), 1);
        number(node, "running", pool.runningRequests(), 1);
        number(node, "waiting_kv", pool.waitingForKv(), 1);
        number(node, "kv_used", pool.kvUsed(), 1);
    }

    private static void number(ObjectNode node, String name, Reading reading, double scale) {
        var value = reading.measured();
        if (value.isPresent()) {
            node.put(name, scale * value.getAsDouble());
        } else {
            node.putNull(name);
        }
    }

    private static void forecast(ObjectNode node, Forecast forecast) {
        pair(node, Counts.of(forecast.pair()));
        finite(node, "ttft_ms", MILLIS * forecast.ttftSeconds());
        finite(node, "itl_ms", MILLIS * forecast.itlSeconds());
        finite(node, "requests_per_s", forecast.requestsPerSecond());
        finite(node, "prefill_requests_per_s", forecast.prefill().requestsPerSecond());
        finite(node, "decode_requests_per_s", forecast.decode().requestsPerSecond());
        finite(node, "transfer_requests_per_s", forecast.transferRequestsPerSecond());
        node.put("served_share", forecast.servedShare());
    }

    /// What has no bound is null.
    private static void finite(ObjectNode node, String name, double value) {
        if (Double.isFinite(value) && value < 1e9) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }
}
