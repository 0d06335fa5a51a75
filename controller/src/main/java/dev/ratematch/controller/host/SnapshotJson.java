package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.observe.Occupancy;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Resolution;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A snapshot as JSON and back, exactly: every number is the same double, every unknown keeps its
/// reason. A reading is a number where its age is zero, else an object with one of `value` and
/// `age_s`, `no_traffic`, `unknown`, `stale_s`.
public final class SnapshotJson {

    private SnapshotJson() {}

    /// The snapshot as an object.
    public static ObjectNode write(Snapshot snapshot) {
        var node = JsonNodeFactory.instance.objectNode();
        node.put("at_s", snapshot.atSeconds());
        reading(node, "window_s", snapshot.windowSeconds());
        pool(node.putObject("prefill"), snapshot.prefill());
        pool(node.putObject("decode"), snapshot.decode());
        traffic(node.putObject("traffic"), snapshot.traffic());
        var warnings = node.putArray("warnings");
        snapshot.warnings().forEach(warnings::add);
        return node;
    }

    private static void pool(ObjectNode node, PoolReading pool) {
        reading(node, "desired", pool.desired());
        reading(node, "ready", pool.ready());
        reading(node, "starting", pool.starting());
        reading(node, "pending", pool.pending());
        reading(node, "draining", pool.draining());
        reading(node, "failed", pool.failed());
        reading(node, "queued", pool.queuedRequests());
        reading(node, "queued_tokens", pool.queuedTokens());
        reading(node, "running", pool.runningRequests());
        reading(node, "waiting_kv", pool.waitingForKv());
        reading(node, "kv_used", pool.kvUsed());
        reading(node, "kv_capacity_tokens", pool.kvCapacityTokens());
        if (!pool.occupancy().equals(Occupancy.once(pool.runningRequests()))) {
            reading(node, "running_mean", pool.occupancy().mean());
            node.put("running_looks", pool.occupancy().looks());
        }
        if (pool.switching() > 0) {
            node.put("switching", pool.switching());
        }
    }

    private static void traffic(ObjectNode node, TrafficReading traffic) {
        reading(node, "arrived", traffic.arrived());
        node.put("arrived_is_lower_bound", traffic.arrivedIsLowerBound());
        reading(node, "completed", traffic.completed());
        reading(node, "rejected", traffic.rejected());
        reading(node, "isl_mean", traffic.inputTokensMean());
        reading(node, "isl_cv2", traffic.inputTokensCv2());
        reading(node, "isl_uncached_mean", traffic.uncachedInputTokensMean());
        reading(node, "osl_mean", traffic.outputTokensMean());
        reading(node, "osl_cv2", traffic.outputTokensCv2());
        reading(node, "ttft_s_mean", traffic.ttftMeanSeconds());
        reading(node, "ttft_s_quantile", traffic.ttftQuantileSeconds());
        reading(node, "itl_s_mean", traffic.itlMeanSeconds());
        reading(node, "itl_s_quantile", traffic.itlQuantileSeconds());
        reading(node, "prefill_s_mean", traffic.prefillSecondsMean());
        reading(node, "kv_hit_rate", traffic.kvHitRate());
        reading(node, "accept_length", traffic.acceptLength());
        reading(node, "local_prefill_share", traffic.localPrefillShare());
        reading(node, "kv_transfer_s_mean", traffic.kvTransferSecondsMean());
        FlowJson.write(node, traffic.flow());
        var buckets = node.putArray("isl_histogram");
        for (var bucket : traffic.inputTokensHistogram()) {
            bucket(buckets.addArray(), bucket);
        }
        var resolution = traffic.resolution();
        if (resolution.ttft() != null) {
            bucket(node.putArray("ttft_s_bucket"), resolution.ttft());
        }
        if (resolution.itl() != null) {
            bucket(node.putArray("itl_s_bucket"), resolution.itl());
        }
    }

    private static void bucket(ArrayNode cell, Bucket bucket) {
        for (double part : new double[] {bucket.lower(), bucket.upper(), bucket.count()}) {
            if (Double.isFinite(part)) {
                cell.add(part);
            } else {
                cell.add(Double.toString(part));
            }
        }
    }

    static void reading(ObjectNode node, String name, Reading reading) {
        switch (reading) {
            case Reading.Value(double value, double age) -> {
                if (Double.doubleToRawLongBits(age) == 0) {
                    node.put(name, value);
                } else {
                    node.putObject(name).put("value", value).put("age_s", age);
                }
            }
            case Reading.NoTraffic() -> node.putObject(name).put("no_traffic", true);
            case Reading.Unknown(String why) -> node.putObject(name).put("unknown", why);
            case Reading.Stale(double age) -> node.putObject(name).put("stale_s", age);
        }
    }

    /// The snapshot that such an object holds.
    ///
    /// @throws IllegalArgumentException naming the field that is missing or wrong
    public static Snapshot read(JsonNode node) {
        return new At("seen", node).snapshot();
    }

    /// An object and where it stands in the line.
    record At(String path, JsonNode node) {

        IllegalArgumentException wrong(String name, JsonNode value, String right) {
            return new IllegalArgumentException(
                    "%s.%s (%s) must be %s."
                            .formatted(
                                    path, name, value.isMissingNode() ? "missing" : value, right));
        }

        At object(String name) {
            var value = node.path(name);
            if (!value.isObject()) {
                throw wrong(name, value, "an object");
            }
            return new At(path + "." + name, value);
        }

        double number(String name) {
            return number(name, node.path(name));
        }

        private double number(String name, JsonNode value) {
            if (value.isNumber()) {
                return value.doubleValue();
            }
            return switch (value.asText()) {
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw wrong(name, value, "a number");
            };
        }

        Reading reading(String name) {
            var value = node.path(name);
            if (value.isNumber()) {
                return Reading.of(value.doubleValue());
            }
            if (value.has("value")) {
                var at = object(name);
                return new Reading.Value(at.number("value"), at.number("age_s"));
            }
            if (value.has("no_traffic")) {
                return new Reading.NoTraffic();
            }
            if (value.path("unknown").isTextual()) {
                return new Reading.Unknown(value.get("unknown").textValue());
            }
            if (value.has("stale_s")) {
                return new Reading.Stale(object(name).number("stale_s"));
            }
            throw wrong(
                    name,
                    value,
                    "a number, or an object with value and age_s, no_traffic, unknown or stale_s");
        }

        boolean flag(String name) {
            var value = node.path(name);
            if (!value.isBoolean()) {
                throw wrong(name, value, "true or false");
            }
            return value.booleanValue();
        }

        private List<String> texts(String name) {
            var value = node.path(name);
            if (!value.isArray()) {
                throw wrong(name, value, "a list of strings");
            }
            var texts = new ArrayList<String>();
            value.forEach(text -> texts.add(text.asText()));
            return texts;
        }

        private Snapshot snapshot() {
            return new Snapshot(
                    number("at_s"),
                    reading("window_s"),
                    object("prefill").pool(),
                    object("decode").pool(),
                    object("traffic").traffic(),
                    texts("warnings"));
        }

        private PoolReading pool() {
            return new PoolReading(
                    reading("desired"),
                    reading("ready"),
                    reading("starting"),
                    reading("pending"),
                    reading("draining"),
                    reading("failed"),
                    reading("queued"),
                    reading("queued_tokens"),
                    reading("running"),
                    reading("waiting_kv"),
                    reading("kv_used"),
                    reading("kv_capacity_tokens"),
                    occupancy(),
                    node.has("switching") ? (int) number("switching") : 0);
        }

        /// Journals of before have the last look only.
        private Occupancy occupancy() {
            return node.has("running_mean")
                    ? new Occupancy(reading("running_mean"), (int) number("running_looks"))
                    : Occupancy.once(reading("running"));
        }

        private TrafficReading traffic() {
            return new TrafficReading(
                    reading("arrived"),
                    flag("arrived_is_lower_bound"),
                    reading("completed"),
                    reading("rejected"),
                    reading("isl_mean"),
                    reading("isl_cv2"),
                    reading("isl_uncached_mean"),
                    reading("osl_mean"),
                    reading("osl_cv2"),
                    reading("ttft_s_mean"),
                    reading("ttft_s_quantile"),
                    reading("itl_s_mean"),
                    reading("itl_s_quantile"),
                    reading("prefill_s_mean"),
                    reading("kv_hit_rate"),
                    reading("accept_length"),
                    reading("local_prefill_share"),
                    reading("kv_transfer_s_mean"),
                    buckets(),
                    FlowJson.read(this),
                    new Resolution(bucket("ttft_s_bucket"), bucket("itl_s_bucket")));
        }

        private @Nullable Bucket bucket(String name) {
            return node.has(name) ? bucket(name, node.path(name)) : null;
        }

        private Bucket bucket(String name, JsonNode cell) {
            return new Bucket(
                    number(name, cell.path(0)),
                    number(name, cell.path(1)),
                    number(name, cell.path(2)));
        }

        private List<Bucket> buckets() {
            var name = "isl_histogram";
            var value = node.path(name);
            if (!value.isArray()) {
                throw wrong(name, value, "a list of [lower, upper, count]");
            }
            var buckets = new ArrayList<Bucket>();
            for (var cell : value) {
                buckets.add(bucket(name, cell));
            }
            return buckets;
        }
    }
}
