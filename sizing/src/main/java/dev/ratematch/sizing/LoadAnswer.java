package dev.ratematch.sizing;

import dev.ratematch.costmodel.frontier.search.Configurations;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.sizing.load.LoadPlan;
import dev.ratematch.sizing.load.LoadPlanner;
import dev.ratematch.sizing.load.Offered;
import dev.ratematch.sizing.load.Traffic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How many GPUs a load needs, and what a budget keeps.
///
/// @param request model, engines and promises
/// @param offered the load
/// @param traffic how it comes
/// @param least the fewest GPUs that keep both promises
/// @param budget what the given budget keeps at most; null without one
public record LoadAnswer(
        ModelRequest request,
        Offered offered,
        Traffic traffic,
        LoadPlan least,
        @Nullable LoadPlan budget) {

    /// Sizes, or refuses with what would be right.
    ///
    /// @param budgetGpus GPUs that there are; null where the answer may take any number
    public static LoadAnswer of(
            ModelRequest request, Offered offered, Traffic traffic, @Nullable Integer budgetGpus) {
        var found = ModelPlan.configurations(request);
        var planner = planner(request, found, traffic, ModelRequest.MAX_GPUS);
        keepable(request, traffic, planner);
        var least =
                planner.least(offered)
                        .orElseThrow(
                                () ->
                                        new NoPlan(
                                                ("%s needs more than %d GPUs, the most "
                                                                + "that a plan has; %d meet both targets "
                                                                + "up to %s requests/s.")
                                                        .formatted(
                                                                named(offered),
                                                                ModelRequest.MAX_GPUS,
                                                                ModelRequest.MAX_GPUS,
                                                                most(
                                                                        planner.most(
                                                                                ModelRequest
                                                                                        .MAX_GPUS)))));
        if (budgetGpus == null) {
            return new LoadAnswer(request, offered, traffic, least, null);
        }
        var budget = planner.most(budgetGpus);
        if (least.gpus() > budgetGpus) {
            throw new NoPlan(
                    ("%s needs %d GPUs (%s), %d more than --gpus (%d), which meet both "
                                    + "targets at p%s up to %s requests/s.")
                            .formatted(
                                    named(offered),
                                    least.gpus(),
                                    shape(least),
                                    least.gpus() - budgetGpus,
                                    budgetGpus,
                                    Numbers.plain(traffic.percentile()),
                                    most(budget)));
        }
        return new LoadAnswer(request, offered, traffic, least, budget.orElse(null));
    }

    /// What the fleet of a plan keeps with queueing, under usual traffic; empty where the plan has
    /// several shapes in a role, or keeps the promises at no load.
    static Optional<LoadPlan> of(ModelPlan answer) {
        var plan = answer.plan();
        var mix = plan.mix();
        if (plan.prefill().size() != 1 || plan.decode().size() != 1) {
            return Optional.empty();
        }
        return planner(
                        answer.request(),
                        answer.configurations(),
                        Traffic.USUAL,
                        ModelRequest.MAX_GPUS)
                .of(
                        plan.prefill().getFirst().worker(),
                        plan.decode().getFirst().worker(),
                        mix.prefillReplicas(),
                        mix.decodeReplicas());
    }

    /// Requests per second that the fleet of a plan keeps both promises at with queueing, under
    /// usual traffic. With several shapes in a role at least that: each is counted as if requests
    /// could not go to the others. 0 where it keeps them at no load.
    public static double kept(ModelPlan answer) {
        var plan = answer.plan();
        var mix = plan.mix();
        var engines = new ArrayList<CompiledWorker>();
        plan.prefill().forEach(point -> engines.add(point.worker()));
        plan.decode().forEach(point -> engines.add(point.worker()));
        var request = answer.request();
        var planner =
                new LoadPlanner(
                        request.target(),
                        engines.stream().distinct().toList(),
                        request.shapes().rules(),
                        Traffic.USUAL,
                        ModelRequest.MAX_GPUS);
        double[] prefill = new double[plan.prefill().size()];
        double[] decode = new double[plan.decode().size()];
        Arrays.fill(prefill, Double.POSITIVE_INFINITY);
        Arrays.fill(decode, Double.POSITIVE_INFINITY);
        for (int i = 0; i < prefill.length; i++) {
            for (int j = 0; j < decode.length; j++) {
                var pair =
                        planner.of(
                                plan.prefill().get(i).worker(),
                                plan.decode().get(j).worker(),
                                mix.prefill().get(i).replicas(),
                                mix.decode().get(j).replicas());
                prefill[i] =
                        Math.min(
                                prefill[i],
                                pair.map(LoadPlan::prefillMostRequestsPerSecond).orElse(0.0));
                decode[j] =
                        Math.min(
                                decode[j],
                                pair.map(LoadPlan::decodeMostRequestsPerSecond).orElse(0.0));
            }
        }
        return Math.min(Arrays.stream(prefill).sum(), Arrays.stream(decode).sum());
    }

    /// GPUs that the fleet may use: those of the budget, or as many as the load needs.
    public int gpus() {
        return budget == null ? least.gpus() : request.gpus();
    }

    private static LoadPlanner planner(
            ModelRequest request, Configurations found, Traffic traffic, int gpus) {
        return new LoadPlanner(
                request.target(), found.legal(), request.shapes().rules(), traffic, gpus);
    }

    private static void keepable(ModelRequest request, Traffic traffic, LoadPlanner planner) {
        var target = request.target();
        double ttft = planner.leastTtftSeconds();
        double itl = planner.leastItlSeconds();
        if (Double.isInfinite(ttft)) {
            throw new NoPlan(
                    "No pair of engines holds one request of that length; take a smaller --isl or --osl, --kv-dtype fp8, or --pairing any.");
        }
        if (ttft > target.ttftSeconds()) {
            throw new NoPlan(
                    ("--ttft (%s) cannot be met at any load: without any other request "
                                    + "the fastest engines take %s at p%s, %s more.")
                            .formatted(
                                    ModelPlan.time(target.ttftSeconds()),
                                    ModelPlan.time(ttft),
                                    Numbers.plain(traffic.percentile()),
                                    ModelPlan.time(ttft - target.ttftSeconds())));
        }
        if (itl > target.itlSeconds()) {
            throw new NoPlan(
                    ("--itl (%s) cannot be met at any load: a single sequence on the "
                                    + "fastest engine takes %s per token, %s more.")
                            .formatted(
                                    ModelPlan.time(target.itlSeconds()),
                                    ModelPlan.time(itl),
                                    ModelPlan.time(itl - target.itlSeconds())));
        }
        if (planner.most(ModelRequest.MAX_GPUS).isEmpty()) {
            throw new NoPlan(
                    ("--ttft (%s) and --itl (%s) are each met by some engines, but by no "
                                    + "pair that --pairing allows; relax one of them or give --pairing "
                                    + "any.")
                            .formatted(
                                    ModelPlan.time(target.ttftSeconds()),
                                    ModelPlan.time(target.itlSeconds())));
        }
    }

    /// For example `--rate (50 requests/s)`.
    private static String named(Offered offered) {
        return switch (offered) {
            case Offered.Rate(double rate) ->
                    "--rate (%s requests/s)".formatted(Numbers.plain(rate));
            case Offered.Concurrency(int clients) ->
                    "--concurrency (%d clients)".formatted(clients);
        };
    }

    private static String most(Optional<LoadPlan> plan) {
        return plan.map(p -> Numbers.shown(p.mostRequestsPerSecond())).orElse("0");
    }

    /// For example `4 x dep2 : 1 x dep8`.
    static String shape(LoadPlan plan) {
        return "%d x %s : %d x %s"
                .formatted(
                        plan.prefillReplicas(),
                        plan.prefill().parallelism().text(),
                        plan.decodeReplicas(),
                        plan.decode().parallelism().text());
    }
}
