package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.mix.PlacedMix;
import dev.ratematch.costmodel.frontier.mix.Placement;
import dev.ratematch.costmodel.frontier.mix.PoolValue;
import dev.ratematch.costmodel.frontier.mix.RateMatch;
import dev.ratematch.costmodel.frontier.mix.WorkerRate;
import dev.ratematch.costmodel.frontier.points.ColocatedPoint;
import dev.ratematch.costmodel.frontier.points.DecodeChoice;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.Piggyback;
import dev.ratematch.costmodel.frontier.points.PrefillChoice;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Plans a GPU budget: the best point of every legal worker in either role, then one shape for each
/// role, and beside it the exact integer mix over all of them, within NVLink domains and pairing
/// rules.
///
/// Fan-out pairing couples the pools only through attention widths: some width `t` has all prefill
/// workers at most as wide and all decode workers at least as wide, so that solving once per `t` is
/// exact.
public final class FleetPlanner {

    /// Plans that are shown beside one another.
    private static final int SHOWN = 5;

    private final Target target;
    private final Placement placement;
    private final ShapeRules rules;
    private final List<CompiledWorker> workers;
    private final List<PrefillPoint> prefill;
    private final List<DecodePoint> decode;

    /// What came out.
    public sealed interface Result {

        /// A plan.
        record Planned(FleetPlan plan) implements Result {}

        /// No worker is fast enough, whatever its batch. Of those that leave the budget room for
        /// the other role, where there are any. Empty where not one prompt or sequence fits in
        /// memory.
        ///
        /// @param longestPrompt most prompt tokens, to a percent, that the fastest prefill worker
        ///   would still be in time with; 0 for none
        record TooSlow(
                boolean prefillInTime,
                boolean decodeInTime,
                Optional<PrefillPoint> fastestPrefill,
                Optional<DecodePoint> fastestDecode,
                int longestPrompt)
                implements Result {}

        /// Not even one worker of each role fits the budget.
        ///
        /// @param colocated what the GPUs serve without disaggregation; empty where that does not
        ///   meet the latencies either
        record TooFewGpus(
                int missing,
                PrefillPoint prefill,
                DecodePoint decode,
                Optional<FleetPlan.ColocatedFleet> colocated)
                implements Result {}

        /// Each role has a worker that is fast enough, but no two of them can be paired.
        record NoPair(PrefillPoint prefill, DecodePoint decode) implements Result {}
    }

    private FleetPlanner(
            Target target, Placement placement, List<CompiledWorker> workers, ShapeRules rules) {
        this.target = target;
        this.placement = placement;
        this.rules = rules;
        this.workers = workers;
        this.prefill = prefillPoints(target, rules.prefill(workers));
        this.decode = decodePoints(target, rules.decode(workers));
    }

    /// Plans.
    ///
    /// @param workers legal configurations
    /// @param rules which of them may be planned together
    public static Result plan(
            Target target, Placement placement, List<CompiledWorker> workers, ShapeRules rules) {
        return new FleetPlanner(target, placement, workers, rules).solve();
    }

    /// The best point of each worker that can prefill in time.
    public static List<PrefillPoint> prefillPoints(Target target, List<CompiledWorker> workers) {
        return workers.stream().flatMap(w -> new PrefillChoice(target, w).best().stream()).toList();
    }

    /// The best point of each worker that can decode in time.
    public static List<DecodePoint> decodePoints(Target target, List<CompiledWorker> workers) {
        return workers.stream().flatMap(w -> new DecodeChoice(target, w).best().stream()).toList();
    }

    private Result solve() {
        if (prefill.isEmpty() || decode.isEmpty()) {
            return tooSlow();
        }
        var uniform =
                Ranking.ofPlans()
                        .first(SHOWN, new UniformPlanner(target, placement).all(prefill, decode));
        if (uniform.isEmpty()) {
            return smallestPair();
        }
        PlacedMix mixed = best(_ -> true, _ -> true);
        return new Result.Planned(
                rules.mixed() && mixed != null ? mixed(mixed, uniform) : uniform(mixed, uniform));
    }

    private FleetPlan uniform(@Nullable PlacedMix mixed, List<UniformPlan> uniform) {
        UniformPlan first = uniform.getFirst();
        return new FleetPlan(
                target,
                first.mix(),
                true,
                List.of(first.prefill()),
                List.of(first.decode()),
                RateMatch.of(
                        first.prefill().rate(),
                        first.decode().rate(),
                        target.load().outputTokens()),
                uniform.stream().skip(1).findFirst().map(UniformPlan::mix),
                uniform,
                Optional.ofNullable(mixed).map(PlacedMix::mix),
                oneColocatedShape());
    }

    private FleetPlan mixed(PlacedMix best, List<UniformPlan> uniform) {
        var mainPrefill = main(best.mix().prefill());
        var mainDecode = main(best.mix().decode());
        return new FleetPlan(
                target,
                best.mix(),
                best.exact(),
                chosen(best.mix().prefill(), prefill, PrefillPoint::name),
                chosen(best.mix().decode(), decode, DecodePoint::name),
                RateMatch.of(mainPrefill, mainDecode, target.load().outputTokens()),
                runnerUp(mainPrefill, mainDecode),
                uniform,
                Optional.of(best.mix()),
                colocated());
    }

    private @Nullable PlacedMix best(
            Predicate<PrefillPoint> prefillAllowed, Predicate<DecodePoint> decodeAllowed) {
        int[] widths =
                target.pairing().binds(target.model())
                        ? decode.stream().mapToInt(FleetPlanner::width).distinct().toArray()
                        : new int[] {0};
        PlacedMix best = null;
        for (int width : widths) {
            PlacedMix mix =
                    atWidth(
                            prefill.stream()
                                    .filter(prefillAllowed)
                                    .filter(p -> p.worker().gpus() < placement.budgetGpus())
                                    .filter(p -> width == 0 || width(p) <= width)
                                    .toList(),
                            decode.stream()
                                    .filter(decodeAllowed)
                                    .filter(d -> d.worker().gpus() < placement.budgetGpus())
                                    .filter(d -> width(d) >= width)
                                    .toList());
            if (mix != null && (best == null || better(mix.mix(), best.mix()))) {
                best = mix;
            }
        }
        return best;
    }

    private static int width(PrefillPoint point) {
        return point.worker().parallelism().tensor();
    }

    private static int width(DecodePoint point) {
        return point.worker().parallelism().tensor();
    }

    private @Nullable PlacedMix atWidth(List<PrefillPoint> p, List<DecodePoint> d) {
        if (p.isEmpty() || d.isEmpty()) {
            return null;
        }
        var stages = new TreeMap<String, Integer>();
        p.forEach(x -> stages.put(x.name(), x.worker().parallelism().gpusPerStage()));
        d.forEach(x -> stages.put(x.name(), x.worker().parallelism().gpusPerStage()));
        ToIntFunction<WorkerRate> stageGpus = worker -> stages.getOrDefault(worker.name(), 1);
        return PlacedMix.solve(
                new PlacedMix.Pools(
                        p.stream().map(PrefillPoint::rate).toList(),
                        d.stream().map(DecodePoint::rate).toList(),
                        stageGpus,
                        placement));
    }

    private static boolean better(Mix a, Mix b) {
        double gain = a.servedRequestsPerSecond() / b.servedRequestsPerSecond() - 1;
        return gain > 1e-12 || (gain >= -1e-12 && a.idleGpus() > b.idleGpus());
    }

    /// The kind with most GPUs.
    private static WorkerRate main(List<Mix.Count> counts) {
        return counts.stream().max(Comparator.comparingInt(Mix.Count::gpus)).orElseThrow().worker();
    }

    private Optional<Mix> runnerUp(WorkerRate mainPrefill, WorkerRate mainDecode) {
        PlacedMix a = best(p -> !p.name().equals(mainPrefill.name()), _ -> true);
        PlacedMix b = best(_ -> true, d -> !d.name().equals(mainDecode.name()));
        if (a == null || b == null) {
            return Optional.ofNullable(a == null ? b : a).map(PlacedMix::mix);
        }
        return Optional.of(better(b.mix(), a.mix()) ? b.mix() : a.mix());
    }

    private static <P> List<P> chosen(
            List<Mix.Count> counts, List<P> points, Function<P, String> name) {
        Map<String, P> byName = points.stream().collect(Collectors.toMap(name, p -> p));
        var chosen = new ArrayList<P>();
        for (var count : counts) {
            P point = byName.get(count.worker().name());
            if (point != null) {
                chosen.add(point);
            }
        }
        return chosen;
    }

    private List<ColocatedPoint> colocatedPoints() {
        return workers.stream()
                .flatMap(w -> new Piggyback(target, w).best(target).stream())
                .toList();
    }

    private Optional<FleetPlan.ColocatedFleet> oneColocatedShape() {
        var fleets = new ArrayList<Ranking.UniformFleet>();
        for (ColocatedPoint point : colocatedPoints()) {
            int stage = point.worker().parallelism().gpusPerStage();
            int replicas =
                    placement.capacity(stage) / stage / point.worker().parallelism().pipeline();
            if (replicas > 0) {
                fleets.add(new Ranking.UniformFleet(point, replicas));
            }
        }
        return Ranking.ofFleets().first(1, fleets).stream()
                .findFirst()
                .map(
                        fleet ->
                                new FleetPlan.ColocatedFleet(
                                        List.of(
                                                new Mix.Count(
                                                        fleet.point().rate(), fleet.replicas())),
                                        List.of(fleet.point()),
                                        fleet.requestsPerSecond()));
    }

    private Optional<FleetPlan.ColocatedFleet> colocated() {
        int budget = placement.budgetGpus();
        var points = colocatedPoints();
        var value = new PoolValue(points.stream().map(ColocatedPoint::rate).toList(), budget);
        double rate = value.at(budget);
        if (rate == 0) {
            return Optional.empty();
        }
        var counts = value.counts(budget);
        return Optional.of(
                new FleetPlan.ColocatedFleet(
                        counts, chosen(counts, points, p -> p.rate().name()), rate));
    }

    private Result tooSlow() {
        var fastestPrefill =
                affordable(rules.prefill(workers)).stream()
                        .flatMap(w -> new PrefillChoice(target, w).fastest().stream())
                        .min(Comparator.comparingDouble(PrefillPoint::ttftSeconds));
        return new Result.TooSlow(
                !prefill.isEmpty(),
                !decode.isEmpty(),
                fastestPrefill,
                affordable(rules.decode(workers)).stream()
                        .flatMap(w -> new DecodeChoice(target, w).fastest().stream())
                        .min(Comparator.comparingDouble(DecodePoint::itlSeconds)),
                prefill.isEmpty()
                        ? fastestPrefill.map(p -> longestPrompt(p.worker())).orElse(0)
                        : 0);
    }

    private List<CompiledWorker> affordable(List<CompiledWorker> all) {
        var small = all.stream().filter(w -> w.gpus() < placement.budgetGpus()).toList();
        return small.isEmpty() ? all : small;
    }

    private int longestPrompt(CompiledWorker worker) {
        int low = 0;
        int high = (int) target.load().inputTokens();
        while (high - low > Math.max(1, high / 100)) {
            int middle = (low + high) >>> 1;
            var shorter = target.withInputTokens(middle);
            if (new PrefillChoice(shorter, worker).best().isPresent()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Result smallestPair() {
        PrefillPoint p = prefill.getFirst();
        DecodePoint d = decode.getFirst();
        int fewest = Integer.MAX_VALUE;
        for (PrefillPoint a : prefill) {
            for (DecodePoint b : decode) {
                int gpus = a.worker().gpus() + b.worker().gpus();
                if (target.pairing().allows(a.worker(), b.worker(), target.model())
                        && gpus < fewest) {
                    p = a;
                    d = b;
                    fewest = gpus;
                }
            }
        }
        return fewest == Integer.MAX_VALUE
                ? new Result.NoPair(p, d)
                : new Result.TooFewGpus(
                        gpusThatHold(p, d) - placement.budgetGpus(), p, d, oneColocatedShape());
    }

    /// The fewest GPUs that one of each fits on: more than they have where stages leave gaps in the
    /// last NVLink domain.
    private int gpusThatHold(PrefillPoint p, DecodePoint d) {
        int gpus = Math.max(placement.budgetGpus() + 1, p.worker().gpus() + d.worker().gpus());
        while (new UniformPlanner(target, new Placement(placement.domainGpus(), gpus))
                .all(List.of(p), List.of(d))
                .isEmpty()) {
            gpus++;
        }
        return gpus;
    }
}
