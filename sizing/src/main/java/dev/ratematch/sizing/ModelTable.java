package dev.ratematch.sizing;

import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.search.FleetPlan;
import dev.ratematch.costmodel.text.Grid;
import dev.ratematch.costmodel.text.Look;
import dev.ratematch.costmodel.units.Check;
import java.util.Locale;

/// Prints a plan for people.
///
/// @param answer the plan
public record ModelTable(ModelPlan answer) {

    private static final String END = System.lineSeparator();

    /// The table.
    public String text(Look look) {
        var plan = answer.plan();
        var mix = plan.mix();
        String advice = answer.advice();
        String limit =
                mix.limit() == Mix.Limit.EVEN
                        ? "both pools are even"
                        : mix.limit().name().toLowerCase(Locale.ROOT) + " limits";
        String headline =
                "%s requests/s, %s tok/s/GPU at %s tok/s/user; %s, bound by %s."
                        .formatted(
                                Numbers.shown(mix.servedRequestsPerSecond()),
                                Numbers.shown(plan.tokensPerSecondPerGpu()),
                                Numbers.shown(1 / plan.itlSeconds()),
                                limit,
                                plan.binding().label());
        return look.text(head(answer.request(), "%d x ".formatted(answer.request().gpus())))
                + END
                + (plan.colocatedWins() ? recommended(look, advice) + END : "")
                + recommended(look, headline)
                + END
                + workers().text(look)
                + END
                + facts().text(look)
                + END
                + new ShortList(plan).text(look)
                + (plan.colocatedWins() ? "" : END + look.text(advice + END));
    }

    /// What is recommended, in as many lines as it takes.
    static String recommended(Look look, String what) {
        return String.join(END, look.folded(what).stream().map(look::good).toList()) + END;
    }

    /// What was asked, in one line.
    ///
    /// @param count of GPUs, such as `8 x `; empty where that is what is asked for
    static String head(ModelRequest request, String count) {
        var target = request.target();
        var load = target.load();
        String more =
                (load.cachedShare() > 0
                                ? ", prefix hits " + Numbers.shown(100 * load.cachedShare()) + " %"
                                : "")
                        + (load.acceptLength() > 1
                                ? ", accept length " + Numbers.shown(load.acceptLength())
                                : "");
        return "%s %s (KV %s, %s) on %s%s; ISL %s, OSL %s%s; TTFT <= %s, ITL <= %s"
                        .formatted(
                                target.model().name(),
                                request.weights().name(),
                                request.kvCache().name(),
                                request.engine(),
                                count,
                                request.accelerator().name(),
                                Numbers.plain(load.inputTokens()),
                                Numbers.plain(load.outputTokens()),
                                more,
                                ModelPlan.time(target.ttftSeconds()),
                                ModelPlan.time(target.itlSeconds()))
                + END;
    }

    private Grid workers() {
        var plan = answer.plan();
        var grid =
                new Grid(
                        2,
                        "role",
                        "engine",
                        "GPUs each",
                        "replicas",
                        "GPUs",
                        "batch",
                        "step",
                        "requests/s each",
                        "bound by");
        for (int i = 0; i < plan.prefill().size(); i++) {
            var point = plan.prefill().get(i);
            row(
                    grid,
                    "prefill",
                    plan.mix().prefill().get(i),
                    point.prompts(),
                    ModelPlan.time(point.ftlSeconds()),
                    point.binding().label());
        }
        for (int i = 0; i < plan.decode().size(); i++) {
            var point = plan.decode().get(i);
            row(
                    grid,
                    "decode",
                    plan.mix().decode().get(i),
                    point.sequences(),
                    ModelPlan.time(point.itlSeconds()),
                    point.binding().label());
        }
        return grid;
    }

    private static void row(Grid grid, String role, Mix.Count count, int batch, String... rest) {
        Check.atLeast("rest", rest.length, 2);
        grid.row(
                role,
                count.worker().name(),
                "" + count.worker().gpus(),
                "" + count.replicas(),
                "" + count.gpus(),
                "" + batch,
                rest[0],
                Numbers.shown(count.worker().requestsPerSecond()),
                rest[1]);
    }

    private Grid facts() {
        var plan = answer.plan();
        var mix = plan.mix();
        var target = plan.target();
        boolean mixed = answer.request().shapes().rules().mixed();
        var grid = new Grid(2, "fact", "value");
        given(grid);
        grid.row(
                "P:D",
                "%d:%d instances, %d:%d GPUs; idle GPUs: %d"
                        .formatted(
                                mix.prefillReplicas(),
                                mix.decodeReplicas(),
                                mix.prefillGpus(),
                                mix.decodeGpus(),
                                mix.idleGpus()));
        grid.row(
                "ratio unrounded",
                "%s prefill GPUs per decode GPU (about %d:%d)"
                        .formatted(
                                Numbers.shown(plan.match().ratio()),
                                plan.match().numerator(),
                                plan.match().denominator()));
        grid.row(
                "LP bound",
                "%s requests/s; whole replicas%s lose %s %%%s"
                        .formatted(
                                Numbers.shown(mix.boundRequestsPerSecond()),
                                mixed ? "" : " of one shape",
                                Numbers.fixed(mix.lossPercent(), 2),
                                plan.exact() ? "" : " (placement not proven optimal)"));
        grid.row(
                "TTFT",
                "%s before queueing (KV transfer and first decode step included), %s below the target"
                        .formatted(
                                ModelPlan.time(plan.ttftSeconds()),
                                ModelPlan.time(
                                        Math.max(0, target.ttftSeconds() - plan.ttftSeconds()))));
        grid.row("ITL", ModelPlan.time(plan.itlSeconds()));
        kept(grid);
        grid.row(
                "KV transfer",
                "%s GB/s/GPU out of prefill, %s into decode; the link has %s"
                        .formatted(
                                Numbers.shown(plan.egressBytesPerSecondPerGpu() / 1e9),
                                Numbers.shown(plan.ingressBytesPerSecondPerGpu() / 1e9),
                                Numbers.shown(target.link().bytesPerSecondPerGpu() / 1e9)));
        if (mixed) {
            plan.runnerUp().ifPresent(other -> grid.row("runner-up", runnerUp(other, mix)));
        }
        grid.row("mixed shapes", Advice.mixed(plan, mixed));
        grid.row("co-located", colocated(plan));
        grid.row("configurations", configurations());
        return grid;
    }

    /// What is kept with queueing and without an engine, and how far all that can be trusted.
    private void kept(Grid grid) {
        var plan = answer.plan();
        if (plan.prefill().size() == 1 && plan.decode().size() == 1) {
            grid.row(
                    "with queueing",
                    LoadAnswer.of(answer)
                            .map(LoadReport::kept)
                            .orElse("meets the targets at no load; plan with --rate"));
        }
        var trust = answer.trust();
        grid.row("one engine less", ShortList.withoutOne(plan.mix()));
        grid.row("confidence", trust.text());
        trust.warning().ifPresent(what -> grid.row("warning", what));
    }

    /// What is planned, and who says so.
    private void given(Grid grid) {
        var target = answer.plan().target();
        var weights = answer.request().weights();
        grid.row(
                "model", "%s, %s".formatted(target.model().name(), answer.request().modelSource()));
        var asked = answer.request();
        grid.row("engine", "%s: %s".formatted(asked.engine(), asked.engineSource()));
        grid.row("precision", "%s: %s".formatted(weights.name(), weights.source()));
        weights.warning().ifPresent(what -> grid.row("warning", what));
        var cache = answer.request().kvCache();
        grid.row("KV cache", "%s: %s".formatted(cache.name(), cache.source()));
        cache.warning().ifPresent(what -> grid.row("warning", what));
    }

    private static String runnerUp(Mix other, Mix best) {
        return "%s: %s requests/s (%s %%)"
                .formatted(
                        ModelReport.shape(other),
                        Numbers.shown(other.servedRequestsPerSecond()),
                        percent(other.servedRequestsPerSecond(), best));
    }

    private String colocated(FleetPlan plan) {
        return plan.colocated()
                .map(
                        fleet ->
                                "%s: %s requests/s, %s tok/s/GPU (%s %%)"
                                        .formatted(
                                                ModelReport.shape(fleet.counts()),
                                                Numbers.shown(fleet.requestsPerSecond()),
                                                Numbers.shown(
                                                        plan.tokensPerSecondPerGpu(
                                                                fleet.requestsPerSecond())),
                                                percent(fleet.requestsPerSecond(), plan.mix())))
                .orElse("meets the latencies with no batch");
    }

    private String configurations() {
        var found = answer.configurations();
        var reasons = new StringBuilder();
        found.counts()
                .forEach(
                        (why, n) ->
                                reasons.append(reasons.isEmpty() ? "; not run: " : ", ")
                                        .append(n)
                                        .append(" for ")
                                        .append(why.name().toLowerCase(Locale.ROOT)));
        return found.legal().size() + " legal" + reasons;
    }

    private static String percent(double requestsPerSecond, Mix mix) {
        double gain = 100 * (requestsPerSecond / mix.servedRequestsPerSecond() - 1);
        return String.format(Locale.ROOT, "%+.1f", gain);
    }
}
