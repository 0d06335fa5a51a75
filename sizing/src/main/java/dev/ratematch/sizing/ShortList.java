package dev.ratematch.sizing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.search.FleetPlan;
import dev.ratematch.costmodel.frontier.search.UniformPlan;
import dev.ratematch.costmodel.text.Grid;
import dev.ratematch.costmodel.text.Look;

/// Prints the best plans with one shape per role beside one another, and what is left of one when
/// it loses an engine.
///
/// @param plan where they are
record ShortList(FleetPlan plan) {

    /// For people: the table, and how it is ordered.
    String text(Look look) {
        return table().text(look)
                + look.text(
                        ("Plans within %s %% are equal as far as the model can tell: what is left without"
                                        + " one engine orders them, then shapes that engines document.%n")
                                .formatted(Numbers.plain(FleetPlan.TIE_PERCENT)));
    }

    private Grid table() {
        var grid =
                new Grid(
                        1,
                        "plan",
                        "requests/s",
                        "tok/s/GPU",
                        "GPUs",
                        "TTFT",
                        "ITL",
                        "less one prefill",
                        "less one decode");
        for (UniformPlan each : plan.uniform()) {
            var mix = each.mix();
            grid.row(
                    ModelReport.shape(mix),
                    Numbers.shown(mix.servedRequestsPerSecond()),
                    Numbers.shown(plan.tokensPerSecondPerGpu(mix.servedRequestsPerSecond())),
                    "" + (mix.budgetGpus() - mix.idleGpus()),
                    ModelPlan.time(each.ttftSeconds(plan.target().itlSeconds())),
                    ModelPlan.time(each.decode().itlSeconds()),
                    share(mix.servedWithoutOnePrefill(), mix),
                    share(mix.servedWithoutOneDecode(), mix));
        }
        return grid;
    }

    /// What is served when one engine of either role is lost.
    static String withoutOne(Mix mix) {
        return "without one prefill engine %s requests/s (%s), without one decode engine %s (%s)"
                .formatted(
                        Numbers.shown(mix.servedWithoutOnePrefill()),
                        share(mix.servedWithoutOnePrefill(), mix),
                        Numbers.shown(mix.servedWithoutOneDecode()),
                        share(mix.servedWithoutOneDecode(), mix));
    }

    private static String share(double requestsPerSecond, Mix mix) {
        return Numbers.fixed(100 * requestsPerSecond / mix.servedRequestsPerSecond(), 0) + " %";
    }

    /// For machines.
    void json(ArrayNode plans) {
        for (UniformPlan each : plan.uniform()) {
            var mix = each.mix();
            var node = plans.addObject();
            node.put("plan", ModelReport.shape(mix));
            node.put("served_requests_per_s", Numbers.rounded(mix.servedRequestsPerSecond()));
            node.put(
                    "tokens_per_s_per_gpu",
                    Numbers.rounded(plan.tokensPerSecondPerGpu(mix.servedRequestsPerSecond())));
            node.put(
                    "ttft_ms",
                    Numbers.rounded(1000 * each.ttftSeconds(plan.target().itlSeconds())));
            node.put("idle_gpus", mix.idleGpus());
            var prefill = node.putObject("prefill");
            ModelReport.worker(prefill, mix.prefill().getFirst());
            ModelReport.prefill(prefill, each.prefill());
            var decode = node.putObject("decode");
            ModelReport.worker(decode, mix.decode().getFirst());
            ModelReport.decode(decode, each.decode());
            withoutOne(node.putObject("without_one"), mix);
        }
    }

    /// What is served when one engine of either role is lost.
    static void withoutOne(ObjectNode node, Mix mix) {
        node.put("prefill_requests_per_s", Numbers.rounded(mix.servedWithoutOnePrefill()));
        node.put("decode_requests_per_s", Numbers.rounded(mix.servedWithoutOneDecode()));
    }
}
