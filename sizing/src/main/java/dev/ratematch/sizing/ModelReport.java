package dev.ratematch.sizing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.search.FleetPlan;
import dev.ratematch.costmodel.frontier.search.Frontier;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Prints a plan as one object or as rows.
///
/// @param answer the plan
/// @param frontiers the curves, where they were asked for
public record ModelReport(ModelPlan answer, ModelPlan.@Nullable Frontiers frontiers) {

    private static final String END = System.lineSeparator();
    private static final int CURVE_POINTS = 60;

    /// One object.
    public String json() {
        var plan = answer.plan();
        var mix = plan.mix();
        var root = new ObjectMapper().createObjectNode();
        request(root.putObject("request"), answer.request());
        root.put("disaggregate", !plan.colocatedWins());
        root.put("advice", answer.advice());
        root.put("served_requests_per_s", Numbers.rounded(mix.servedRequestsPerSecond()));
        root.put("tokens_per_s_per_gpu", Numbers.rounded(plan.tokensPerSecondPerGpu()));
        root.put("tokens_per_s_per_user", Numbers.rounded(1 / plan.itlSeconds()));
        root.put("ttft_ms", Numbers.rounded(1000 * plan.ttftSeconds()));
        root.put("itl_ms", Numbers.rounded(1000 * plan.itlSeconds()));
        var trust = answer.trust();
        root.put("confidence", trust.confidence().name().toLowerCase(Locale.ROOT));
        trust.reason().ifPresent(why -> root.put("confidence_reason", why));
        trust.warning().ifPresent(what -> root.put("warning", what));
        root.put("limiting_role", mix.limit().name().toLowerCase(Locale.ROOT));
        root.put("binding", plan.binding().label());
        root.put("prefill_replicas", mix.prefillReplicas());
        root.put("decode_replicas", mix.decodeReplicas());
        root.put("prefill_gpus", mix.prefillGpus());
        root.put("decode_gpus", mix.decodeGpus());
        root.put("idle_gpus", mix.idleGpus());
        root.put("ratio", Numbers.rounded(plan.match().ratio()));
        root.put("lp_bound_requests_per_s", Numbers.rounded(mix.boundRequestsPerSecond()));
        root.put("loss_percent", Numbers.rounded(mix.lossPercent()));
        root.put("exact", plan.exact());
        root.put("kv_egress_gb_per_s_per_gpu", gb(plan.egressBytesPerSecondPerGpu()));
        root.put("kv_ingress_gb_per_s_per_gpu", gb(plan.ingressBytesPerSecondPerGpu()));
        workers(root);
        ShortList.withoutOne(root.putObject("without_one"), mix);
        new ShortList(plan).json(root.putArray("plans"));
        plan.mixed().ifPresent(other -> mixed(root.putObject("mixed"), other));
        plan.runnerUp()
                .ifPresent(
                        other -> {
                            var node = root.putObject("runner_up");
                            node.put("plan", shape(other));
                            node.put(
                                    "served_requests_per_s",
                                    Numbers.rounded(other.servedRequestsPerSecond()));
                        });
        plan.colocated().ifPresent(fleet -> colocated(root.putObject("colocated"), fleet));
        var illegal = root.putObject("illegal_configurations");
        answer.configurations()
                .counts()
                .forEach((why, n) -> illegal.put(why.name().toLowerCase(Locale.ROOT), n));
        root.put("legal_configurations", answer.configurations().legal().size());
        if (frontiers != null) {
            root.put("design_points", frontiers.points());
            curve(root, "frontier_disaggregated", frontiers.disaggregated());
            curve(root, "frontier_colocated", frontiers.colocated());
        }
        return root.toPrettyString() + END;
    }

    /// What was asked.
    static void request(ObjectNode node, ModelRequest request) {
        var target = request.target();
        node.put("model", target.model().name());
        node.put("model_source", request.modelSource());
        node.put("gpu", request.accelerator().name());
        node.put("precision", request.weights().name());
        node.put("precision_source", request.weights().source());
        request.weights().warning().ifPresent(what -> node.put("precision_warning", what));
        node.put("kv_dtype", request.kvCache().name());
        node.put("kv_dtype_source", request.kvCache().source());
        request.kvCache().warning().ifPresent(what -> node.put("kv_dtype_warning", what));
        node.put("engine", request.engine());
        node.put("engine_source", request.engineSource());
        node.put("isl", target.load().inputTokens());
        node.put("osl", target.load().outputTokens());
        node.put("prefix_hit", target.load().cachedShare());
        node.put("accept_length", target.load().acceptLength());
        node.put("ttft_ms", 1000 * target.ttftSeconds());
        node.put("itl_ms", 1000 * target.itlSeconds());
        node.put("gpus", request.gpus());
        var shapes = request.shapes();
        node.put("allow_mixed", shapes.rules().mixed());
        shapes.rules().prefill().ifPresent(only -> node.put("prefill_parallel", only.text()));
        shapes.rules().decode().ifPresent(only -> node.put("decode_parallel", only.text()));
        if (shapes.narrow()) {
            node.put("max_replica_gpus", shapes.maxReplicaGpus());
        }
    }

    private void mixed(ObjectNode node, Mix mix) {
        node.put("plan", shape(mix));
        node.put("served_requests_per_s", Numbers.rounded(mix.servedRequestsPerSecond()));
        node.put("gain_percent", Numbers.rounded(answer.plan().mixedGainPercent()));
        node.put("chosen", answer.request().shapes().rules().mixed());
    }

    private void workers(ObjectNode root) {
        var plan = answer.plan();
        var prefill = root.putArray("prefill");
        for (int i = 0; i < plan.prefill().size(); i++) {
            var point = plan.prefill().get(i);
            ObjectNode node = prefill.addObject();
            worker(node, plan.mix().prefill().get(i));
            prefill(node, point);
        }
        var decode = root.putArray("decode");
        for (int i = 0; i < plan.decode().size(); i++) {
            var point = plan.decode().get(i);
            ObjectNode node = decode.addObject();
            worker(node, plan.mix().decode().get(i));
            decode(node, point);
        }
    }

    static void prefill(ObjectNode node, PrefillPoint point) {
        node.put("batch", point.prompts());
        node.put("chunk_tokens", point.chunkTokens());
        node.put("ftl_ms", Numbers.rounded(1000 * point.ftlSeconds()));
        node.put("binding", point.binding().label());
    }

    static void decode(ObjectNode node, DecodePoint point) {
        node.put("batch", point.sequences());
        node.put("itl_ms", Numbers.rounded(1000 * point.itlSeconds()));
        node.put("binding", point.binding().label());
    }

    static void worker(ObjectNode node, Mix.Count count) {
        node.put("name", count.worker().name());
        node.put("gpus", count.worker().gpus());
        node.put("replicas", count.replicas());
        node.put("requests_per_s", Numbers.rounded(count.worker().requestsPerSecond()));
    }

    private void colocated(ObjectNode node, FleetPlan.ColocatedFleet fleet) {
        node.put("plan", shape(fleet.counts()));
        node.put("served_requests_per_s", Numbers.rounded(fleet.requestsPerSecond()));
        node.put(
                "tokens_per_s_per_gpu",
                Numbers.rounded(answer.plan().tokensPerSecondPerGpu(fleet.requestsPerSecond())));
        node.put("wins", answer.plan().colocatedWins());
    }

    private static void curve(ObjectNode root, String name, Frontier frontier) {
        var array = root.putArray(name);
        for (var point : thinned(frontier, CURVE_POINTS)) {
            array.addArray()
                    .add(Numbers.rounded(point.interactivity()))
                    .add(Numbers.rounded(point.tokensPerSecondPerGpu()));
        }
    }

    /// At most so many points of a frontier, evenly spaced in its order, ends included.
    static List<Frontier.Point> thinned(Frontier frontier, int most) {
        var all = frontier.points();
        if (all.size() <= most) {
            return all;
        }
        return IntStream.range(0, most)
                .mapToObj(i -> all.get((int) ((long) i * (all.size() - 1) / (most - 1))))
                .toList();
    }

    /// One row per worker.
    public String csv() {
        var plan = answer.plan();
        var text =
                new StringBuilder(
                        "role,name,gpus,replicas,batch,requests_per_s,latency_ms,"
                                + "served_requests_per_s,tokens_per_s_per_gpu,idle_gpus,"
                                + "loss_percent");
        text.append(END);
        for (int i = 0; i < plan.prefill().size(); i++) {
            var point = plan.prefill().get(i);
            row(text, "prefill", plan.mix().prefill().get(i), point.prompts(), point.ftlSeconds());
        }
        for (int i = 0; i < plan.decode().size(); i++) {
            var point = plan.decode().get(i);
            row(text, "decode", plan.mix().decode().get(i), point.sequences(), point.itlSeconds());
        }
        return text.toString();
    }

    private void row(StringBuilder text, String role, Mix.Count count, int batch, double seconds) {
        var plan = answer.plan();
        text.append(
                        String.join(
                                ",",
                                role,
                                count.worker().name(),
                                "" + count.worker().gpus(),
                                "" + count.replicas(),
                                "" + batch,
                                "" + Numbers.rounded(count.worker().requestsPerSecond()),
                                "" + Numbers.rounded(1000 * seconds),
                                "" + Numbers.rounded(plan.mix().servedRequestsPerSecond()),
                                "" + Numbers.rounded(plan.tokensPerSecondPerGpu()),
                                "" + plan.mix().idleGpus(),
                                "" + Numbers.rounded(plan.mix().lossPercent())))
                .append(END);
    }

    /// For example `9 x dep4 : 2 x dep16`.
    static String shape(Mix mix) {
        return shape(mix.prefill()) + " : " + shape(mix.decode());
    }

    static String shape(List<Mix.Count> counts) {
        return String.join(
                " + ", counts.stream().map(c -> c.replicas() + " x " + c.worker().name()).toList());
    }

    private static double gb(double bytes) {
        return Numbers.rounded(bytes / 1e9);
    }
}
