package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.frontier.points.ColocatedPoint;
import dev.ratematch.costmodel.parallel.Parallelism;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/// The order of plans that people deploy: most requests per second; among plans too near for the
/// model to tell apart, the one that keeps most when it loses an engine; then shapes that engines
/// document; then the last of the requests, and the fewest GPUs.
///
/// Each step keeps those within its tolerance and hands them on, so that the order does not depend
/// on the one in which plans were found.
final class Ranking<P> {

    /// Share of the rate that the model cannot tell apart. Its kernels are measured to a median of
    /// about 2 % on shapes that were not fitted (docs/accuracy.md); a step made of them is no
    /// better.
    static final double TIE = 0.02;

    private final ToDoubleFunction<P> served;
    private final ToDoubleFunction<P> withoutOne;
    private final ToIntFunction<P> oddity;
    private final Comparator<P> last;

    Ranking(
            ToDoubleFunction<P> served,
            ToDoubleFunction<P> withoutOne,
            ToIntFunction<P> oddity,
            Comparator<P> last) {
        this.served = served;
        this.withoutOne = withoutOne;
        this.oddity = oddity;
        this.last = last;
    }

    /// Of plans with one shape per role.
    static Ranking<UniformPlan> ofPlans() {
        return new Ranking<>(
                UniformPlan::servedRequestsPerSecond,
                plan -> plan.mix().servedWithoutOne(),
                plan ->
                        oddity(plan.prefill().worker().parallelism(), plan.prefill().chunkTokens())
                                + oddity(plan.decode().worker().parallelism(), 0),
                Comparator.<UniformPlan>comparingDouble(p -> -p.servedRequestsPerSecond())
                        .thenComparingInt(p -> -p.mix().idleGpus())
                        .thenComparing(UniformPlan::names));
    }

    /// Of fleets of one co-located shape.
    static Ranking<UniformFleet> ofFleets() {
        return new Ranking<>(
                UniformFleet::requestsPerSecond,
                fleet -> fleet.requestsPerSecond() - fleet.point().requestsPerSecond(),
                fleet -> oddity(fleet.point().worker().parallelism(), 0),
                Comparator.<UniformFleet>comparingDouble(f -> -f.requestsPerSecond())
                        .thenComparingInt(f -> f.replicas() * f.point().worker().gpus())
                        .thenComparing(f -> f.point().rate().name()));
    }

    /// So many replicas of one co-located shape.
    record UniformFleet(ColocatedPoint point, int replicas) {

        double requestsPerSecond() {
            return replicas * point.requestsPerSecond();
        }
    }

    /// The first `most` of the plans, best first.
    List<P> first(int most, List<P> plans) {
        var left = new ArrayList<>(plans);
        var first = new ArrayList<P>();
        while (first.size() < most && !left.isEmpty()) {
            P best = best(left);
            first.add(best);
            left.remove(best);
        }
        return first;
    }

    private P best(List<P> plans) {
        double top = greatest(plans, served);
        List<P> tied = atLeast((1 - TIE) * top, plans, served);
        List<P> safe = atLeast(greatest(tied, withoutOne) - TIE * top, tied, withoutOne);
        int plain = safe.stream().mapToInt(oddity).min().orElseThrow();
        return safe.stream()
                .filter(plan -> oddity.applyAsInt(plan) == plain)
                .min(last)
                .orElseThrow();
    }

    private static <P> double greatest(List<P> plans, ToDoubleFunction<P> of) {
        return plans.stream().mapToDouble(of).max().orElseThrow();
    }

    private static <P> List<P> atLeast(double least, List<P> plans, ToDoubleFunction<P> of) {
        return plans.stream().filter(plan -> of.applyAsDouble(plan) >= least).toList();
    }

    /// How far from what the engines' own guides show: 0 for one stage of any form; 1 for stages
    /// that shard everything, which they show for models wider than a host; 2 for stages with
    /// copies of attention or placed experts, and for prompts passed on in chunks. The guides are
    /// "Parallelism and Scaling" of vLLM and "Parallelism in TensorRT LLM", as of November 2026.
    static int oddity(Parallelism shape, int chunkTokens) {
        if (chunkTokens > 0) {
            return 2;
        }
        if (shape.pipeline() == 1) {
            return 0;
        }
        return shape.attentionData() == 1 && shape.expert() == 1 ? 1 : 2;
    }
}
