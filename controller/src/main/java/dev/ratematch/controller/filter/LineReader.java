package dev.ratematch.controller.filter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.controller.spec.Switching;
import dev.ratematch.controller.spec.Switching.Actuation;
import dev.ratematch.costmodel.transfer.KvLink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The two kinds of input line as values. Ranges are wide: they catch what no fleet can report.
final class LineReader {

    private static final double SECONDS_MAX = 1e12;
    private static final double TOKENS_MAX = 1e9;
    private static final double REQUESTS_MAX = 1e12;
    private static final double MILLIS_MAX = 1e9;
    private static final double RATIO_MAX = 1e6;
    private static final double FLOOR_MICROS_MAX = 10_000;
    private static final int REPLICAS_MAX = 1_000_000;
    private static final double MILLI = 1e-3;

    private LineReader() {}

    /// A service line, with the state to resume from if it carries one.
    record ServiceLine(ServiceRequest request, @Nullable String state) {}

    static ServiceLine service(JsonNode line, List<UnknownField> unknown) {
        var top = Fields.of(line);
        top.requiredNumber("ratematch", 1, 1);
        String model = top.requiredText("model");
        String gpu = top.requiredText("gpu");
        var slo = top.object("slo");
        double ttft = slo.requiredNumber("ttft_ms", 0.1, MILLIS_MAX);
        double itl = slo.requiredNumber("itl_ms", 0.01, MILLIS_MAX);
        var percentile = slo.number("percentile", Slo.PERCENTILE_MIN, Slo.PERCENTILE_MAX);
        var budget = top.whole("budget_gpus", 0, REPLICAS_MAX);
        if (budget == null) {
            throw new IllegalArgumentException(
                    "budget_gpus is missing; it must be the number of GPUs of both pools.");
        }
        var link = top.object("kv_link");
        var prefill = top.object("prefill");
        var decode = top.object("decode");
        var request =
                ServiceRequest.builder(
                                model,
                                gpu,
                                new Slo(
                                        MILLI * ttft,
                                        MILLI * itl,
                                        percentile == null ? 95 : percentile),
                                budget)
                        .precision(top.text("precision"))
                        .kvDtype(top.text("kv_dtype"))
                        .engine(top.text("engine"))
                        .link(link.number("gb_s_per_gpu", 1e-3, 1e6), mode(link.text("mode")))
                        .allReduceFloorMicros(
                                top.number("all_reduce_floor_us", 0, FLOOR_MICROS_MAX))
                        .pools(pool(prefill), pool(decode))
                        .switching(switching(top, unknown))
                        .build()
                        .controlled(minBudget(top), TuningReader.read(top));
        String state = top.text("state");
        for (var fields : List.of(top, slo, link, prefill, decode)) {
            fields.unknown(unknown);
        }
        return new ServiceLine(request, state);
    }

    private static @Nullable Switching switching(Fields top, List<UnknownField> unknown) {
        String actuation = top.text("actuation");
        var fields = top.object("switching");
        var seconds = fields.number("seconds", 0, 1e6);
        var atOnce = fields.whole("at_once", 1, REPLICAS_MAX);
        fields.unknown(unknown);
        return actuation == null
                ? null
                : Switching.of(Actuation.parse("actuation", actuation), seconds, atOnce);
    }

    static @Nullable Integer minBudget(Fields top) {
        return top.whole("min_budget_gpus", 0, REPLICAS_MAX);
    }

    private static KvLink.@Nullable Mode mode(@Nullable String text) {
        return text == null ? null : KvLink.Mode.parse("kv_link.mode", text);
    }

    private static PoolRequest pool(Fields pool) {
        return PoolRequest.builder()
                .gpus(pool.whole("gpus", 1, REPLICAS_MAX))
                .parallel(pool.text("parallel"))
                .min(pool.whole("min", 1, REPLICAS_MAX))
                .max(pool.whole("max", 1, REPLICAS_MAX))
                .leadTimeSeconds(pool.number("lead_time_s", 0, 1e6))
                .drainSeconds(pool.number("drain_s", 0, 1e6))
                .maxBatchedTokens(pool.whole("max_batched_tokens", 1, 1_000_000_000))
                .maxSequences(pool.whole("max_seqs", 1, 1_000_000_000))
                .kvTokens(pool.number("kv_tokens", 1, 1e12))
                .build();
    }

    static Snapshot snapshot(JsonNode line, double percentile, List<UnknownField> unknown) {
        var top = Fields.of(line);
        double at = top.requiredNumber("at_s", 0, SECONDS_MAX);
        var prefill = top.object("prefill");
        var decode = top.object("decode");
        var traffic = top.object("traffic");
        var ttft = traffic.object("ttft_ms");
        var itl = traffic.object("itl_ms");
        var snapshot =
                new Snapshot(
                        at,
                        top.reading("window_s", 1e-3, SECONDS_MAX),
                        reading(prefill),
                        reading(decode),
                        traffic(traffic, ttft, itl, percentile),
                        List.of());
        for (var fields : List.of(top, prefill, decode, traffic, ttft, itl)) {
            fields.unknown(unknown);
        }
        return snapshot;
    }

    private static PoolReading reading(Fields pool) {
        var switching = pool.whole("switching", 0, REPLICAS_MAX);
        return new PoolReading(
                        pool.count("desired", REPLICAS_MAX),
                        pool.count("ready", REPLICAS_MAX),
                        pool.count("starting", REPLICAS_MAX),
                        pool.count("pending", REPLICAS_MAX),
                        pool.count("draining", REPLICAS_MAX),
                        pool.count("failed", REPLICAS_MAX),
                        pool.reading("queued", 0, REQUESTS_MAX),
                        pool.reading("queued_tokens", 0, REQUESTS_MAX),
                        pool.reading("running", 0, REQUESTS_MAX),
                        pool.reading("waiting_kv", 0, REQUESTS_MAX),
                        pool.reading("kv_used", 0, 1),
                        pool.reading("kv_capacity_tokens", 0, REQUESTS_MAX))
                .withSwitching(switching == null ? 0 : switching);
    }

    private static TrafficReading traffic(
            Fields traffic, Fields ttft, Fields itl, double percentile) {
        var arrived = traffic.reading("arrived", 0, REQUESTS_MAX);
        boolean idle = arrived.known() && arrived.orElse(0) == 0;
        String quantile = quantile(percentile);
        for (String name : List.of("p50", "p90", "p95", "p99")) {
            ttft.number(name, 0, MILLIS_MAX);
            itl.number(name, 0, MILLIS_MAX);
        }
        return new TrafficReading(
                arrived,
                false,
                traffic.reading("completed", 0, REQUESTS_MAX),
                traffic.reading("rejected", 0, REQUESTS_MAX),
                mean(traffic.reading("isl_mean", 0, TOKENS_MAX), idle),
                mean(traffic.reading("isl_cv2", 0, RATIO_MAX), idle),
                mean(traffic.reading("isl_uncached_mean", 0, TOKENS_MAX), idle),
                mean(traffic.reading("osl_mean", 0, TOKENS_MAX), idle),
                mean(traffic.reading("osl_cv2", 0, RATIO_MAX), idle),
                seconds(ttft.reading("mean", 0, MILLIS_MAX)),
                seconds(ttft.reading(quantile, 0, MILLIS_MAX)),
                seconds(itl.reading("mean", 0, MILLIS_MAX)),
                seconds(itl.reading(quantile, 0, MILLIS_MAX)),
                seconds(traffic.reading("prefill_ms_mean", 0, MILLIS_MAX)),
                traffic.reading("kv_hit_rate", 0, 1),
                traffic.reading("accept_length", 1, RATIO_MAX),
                traffic.reading("local_prefill_share", 0, 1),
                seconds(traffic.reading("kv_transfer_ms_mean", 0, MILLIS_MAX)),
                List.of());
    }

    /// A window without requests has no means; a zero there is none.
    private static Reading mean(Reading reading, boolean idle) {
        return idle && reading.orElse(0) == 0 ? new Reading.NoTraffic() : reading;
    }

    private static Reading seconds(Reading millis) {
        return millis instanceof Reading.Value(double value, double age)
                ? new Reading.Value(MILLI * value, age)
                : millis;
    }

    private static String quantile(double percentile) {
        return percentile == Math.rint(percentile) ? "p" + (long) percentile : "p" + percentile;
    }
}
