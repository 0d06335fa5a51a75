package dev.ratematch.experiments.study;

import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.mix.MixSolver;
import dev.ratematch.costmodel.frontier.mix.Placement;
import dev.ratematch.costmodel.frontier.mix.PoolValue;
import dev.ratematch.costmodel.frontier.mix.WorkerRate;
import dev.ratematch.costmodel.frontier.points.ColocatedPoint;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Piggyback;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.search.FleetPlan;
import dev.ratematch.costmodel.frontier.search.FleetPlanner;
import dev.ratematch.costmodel.frontier.search.ShapeRules;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.experiments.design.Deployment;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.harness.judge.Progress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a small fleet loses because engines are whole and as wide as they are, by the cost model.
/// The paper expects it below its Fig. 10: few GPUs leave few ratios to choose from.
public final class SmallPools implements Study {

    private static final int WIDEST = 64;

    /// 25 tokens/s/user: reached by DeepSeek-R1 on every domain, so that what is lost is lost to
    /// the size of the fleet.
    private static final double ITL_SECONDS = 0.040;

    private static final double TTFT_SECONDS = 10;
    private static final Load PAPER = Load.of(16_384, 2048);
    private static final int[] BUDGETS = {4, 5, 6, 7, 8, 16, 32, 64};
    private static final int[] FEW_BUDGETS = {4, 8, 32};

    /// What is let go, so that a test can tell that it matters.
    enum Rule {
        /// The best of all ratios, with engines of every width.
        FREE,
        /// The best of all ratios, with one kind of engine in each pool.
        ONE_WIDTH,
        /// Half of the GPUs to either role, with one kind of engine in each pool.
        EVEN
    }

    private final Rule rule;

    /// As a planner would.
    public SmallPools() {
        this(Rule.FREE);
    }

    SmallPools(Rule rule) {
        this.rule = rule;
    }

    /// One fleet. Rates are output tokens/s/GPU of the budget; 0 where nothing can be run.
    ///
    /// @param gpus its budget
    /// @param unlimited what a GPU of a fleet without end serves
    /// @param fractional with the best pair of engines that fits, were replicas no whole numbers
    /// @param whole with whole replicas of that pair
    /// @param other with whole replicas of the best pair for that size, one kind in each pool
    /// @param free with whole replicas of engines of any width, several in a pool
    /// @param joint co-located
    /// @param engines of `free`, as people write them
    record Fleet(
            ModelSpec model,
            int gpus,
            double unlimited,
            double fractional,
            double whole,
            double other,
            double free,
            double joint,
            String engines) {

        /// A rate as a share of the unlimited one.
        double share(double rate) {
            return rate / unlimited;
        }

        /// Whether co-located serving carries more than any ratio.
        boolean jointWins() {
            return joint > free;
        }
    }

    @Override
    public String name() {
        return "small-pools";
    }

    @Override
    public String question() {
        return "What do 4 to 32 GPUs lose because engines are whole, when does no ratio work, and"
                + " what do other engine widths regain?";
    }

    @Override
    public Findings run(Asked asked, Progress progress) {
        var gpu = asked.gpuOr(Accelerators.GB200);
        double itl = asked.itlOr(ITL_SECONDS);
        double ttft = asked.ttftOr(TTFT_SECONDS);
        var load = asked.loadOr(PAPER);
        var given = asked.model();
        var models =
                given != null
                        ? List.of(given)
                        : List.of(Models.LLAMA_3_1_8B, Models.LLAMA_3_1_70B, Models.DEEPSEEK_R1);
        var all = new ArrayList<List<Fleet>>();
        for (var model : models) {
            progress.at("fleets of " + model.name(), (double) all.size() / models.size());
            var deployment =
                    Deployment.of(model, gpu, asked.precisionOn(gpu), WIDEST, load).promising(ttft);
            all.add(fleets(deployment, gpu, 1 / itl, budgets(asked)));
        }
        var setting =
                List.of(
                        Words.say(
                                "%s in %s, %.0f tokens in, %.0f out, first token within %s, %s between"
                                        + " tokens.",
                                gpu.name(),
                                asked.precisionOn(gpu).name(),
                                load.inputTokens(),
                                load.outputTokens(),
                                Words.time(ttft),
                                Words.time(itl)),
                        "A fleet without end runs the best engine of each role at the best real-valued"
                                + " ratio; 100 % is what one of its GPUs serves.",
                        "Figures of the cost model: kernels without an engine's factors, any pairing,"
                                + " both pools busy, no queueing.");
        return new Findings(
                name(),
                "Small pools: what whole engines cost",
                question(),
                SmallPoolsPage.answer(all),
                setting,
                List.of(SmallPoolsPage.table(all)),
                SmallPoolsPage.pictures(all),
                SmallPoolsPage.notes(all));
    }

    private static int[] budgets(Asked asked) {
        if (asked.gpus() != null) {
            return new int[] {asked.gpus()};
        }
        return asked.quick() ? FEW_BUDGETS : BUDGETS;
    }

    /// The fleets of one model.
    ///
    /// @throws IllegalArgumentException where no fleet of any size keeps the promise
    List<Fleet> fleets(Deployment deployment, Accelerator gpu, double speed, int[] budgets) {
        var matched =
                deployment
                        .matched(speed)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "No engine of %s on %s keeps both latencies, whatever the fleet; allow more than %s between tokens or than %s for the first one."
                                                        .formatted(
                                                                deployment.model().name(),
                                                                gpu.name(),
                                                                Words.time(1 / speed),
                                                                Words.time(
                                                                        deployment
                                                                                .ttftSeconds()))));
        double unlimited = matched.at(matched.ratio());
        var target = deployment.target(speed);
        var prefill =
                FleetPlanner.prefillPoints(target, deployment.workers()).stream()
                        .map(PrefillPoint::rate)
                        .toList();
        var decode =
                FleetPlanner.decodePoints(target, deployment.workers()).stream()
                        .map(DecodePoint::rate)
                        .toList();
        double tokens = deployment.load().outputTokens();
        var fleets = new ArrayList<Fleet>();
        for (int gpus : budgets) {
            var pairs = pairs(prefill, decode, gpus);
            var pair =
                    pairs.stream()
                            .max(Comparator.comparingDouble(Engines::requestsPerSecondPerGpu));
            double other =
                    tokens * pairs.stream().mapToDouble(p -> whole(p, gpus)).max().orElse(0) / gpus;
            double whole = pair.map(p -> tokens * whole(p, gpus) / gpus).orElse(0.0);
            var plan = plan(deployment, gpu, speed, gpus);
            double free = plan.map(FleetPlan::tokensPerSecondPerGpu).orElse(0.0);
            fleets.add(
                    new Fleet(
                            deployment.model(),
                            gpus,
                            unlimited,
                            pair.map(p -> tokens * p.requestsPerSecondPerGpu()).orElse(0.0),
                            whole,
                            rule == Rule.ONE_WIDTH ? whole : other,
                            rule == Rule.FREE ? free : whole,
                            joint(deployment, speed, gpus),
                            plan.map(p -> shown(p.mix())).orElse("none")));
        }
        return fleets;
    }

    /// An engine of either role.
    private record Engines(WorkerRate prefill, WorkerRate decode) {

        /// At the best real-valued ratio.
        double requestsPerSecondPerGpu() {
            double p = prefill.requestsPerSecondPerGpu();
            double d = decode.requestsPerSecondPerGpu();
            return p * d / (p + d);
        }
    }

    /// Pairs that fit a budget together.
    private static List<Engines> pairs(
            List<WorkerRate> prefill, List<WorkerRate> decode, int gpus) {
        return prefill.stream()
                .flatMap(p -> decode.stream().map(d -> new Engines(p, d)))
                .filter(e -> e.prefill().gpus() + e.decode().gpus() <= gpus)
                .toList();
    }

    /// Requests/s of whole replicas.
    private double whole(Engines pair, int gpus) {
        if (rule == Rule.EVEN) {
            int prefillWorkers = gpus / 2 / pair.prefill().gpus();
            int decodeWorkers = (gpus - gpus / 2) / pair.decode().gpus();
            return Math.min(
                    prefillWorkers * pair.prefill().requestsPerSecond(),
                    decodeWorkers * pair.decode().requestsPerSecond());
        }
        return switch (MixSolver.solve(List.of(pair.prefill()), List.of(pair.decode()), gpus)) {
            case MixSolver.Result.Best(var mix) -> mix.servedRequestsPerSecond();
            case MixSolver.Result.TooFewGpus _ -> 0;
        };
    }

    private static Optional<FleetPlan> plan(
            Deployment deployment, Accelerator gpu, double speed, int gpus) {
        var placement = new Placement(gpu.nvlinkGpus(), gpus);
        var workers = deployment.workers().stream().filter(w -> w.gpus() < gpus).toList();
        return switch (FleetPlanner.plan(
                deployment.target(speed), placement, workers, ShapeRules.MIXED)) {
            case FleetPlanner.Result.Planned(var plan) -> Optional.of(plan);
            case FleetPlanner.Result.TooSlow _,
                    FleetPlanner.Result.TooFewGpus _,
                    FleetPlanner.Result.NoPair _ ->
                    Optional.empty();
        };
    }

    private static double joint(Deployment deployment, double speed, int gpus) {
        var target = deployment.target(speed);
        var rates =
                deployment.workers().stream()
                        .filter(w -> w.gpus() <= gpus)
                        .flatMap(w -> new Piggyback(target, w).best(target).stream())
                        .map(ColocatedPoint::rate)
                        .toList();
        return new PoolValue(rates, gpus).at(gpus) * deployment.load().outputTokens() / gpus;
    }

    private static String shown(Mix mix) {
        return counts(mix.prefill()) + " : " + counts(mix.decode());
    }

    private static String counts(List<Mix.Count> counts) {
        return String.join(
                " + ",
                counts.stream()
                        .map(c -> "%d x %s".formatted(c.replicas(), c.worker().name()))
                        .toList());
    }
}
