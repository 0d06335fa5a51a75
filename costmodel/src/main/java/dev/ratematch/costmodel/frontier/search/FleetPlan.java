package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.frontier.mix.Mix;
import dev.ratematch.costmodel.frontier.mix.RateMatch;
import dev.ratematch.costmodel.frontier.points.Binding;
import dev.ratematch.costmodel.frontier.points.ColocatedPoint;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.points.Target;
import java.util.List;
import java.util.Optional;

/// A plan for both pools on a GPU budget.
///
/// @param target what it is for
/// @param mix replicas and what they carry; one shape per role unless mixes were allowed
/// @param exact whether no placeable plan of that kind serves more, but for ties
/// @param prefill points of the prefill workers in `mix`, in its order
/// @param decode points of the decode workers in `mix`, in its order
/// @param match the continuous ratio of the largest share of either pool
/// @param runnerUp the next best: the second of `uniform`, or of mixes the best without the main
///   worker of one pool
/// @param uniform the best plans with one shape per role, best first, at least one; without a mix
///   the first is this plan
/// @param mixed the mix of several shapes per role that serves most; empty where none was found
/// @param colocated the best use of the same GPUs without disaggregation, of one shape unless mixes
///   were allowed
public record FleetPlan(
        Target target,
        Mix mix,
        boolean exact,
        List<PrefillPoint> prefill,
        List<DecodePoint> decode,
        RateMatch match,
        Optional<Mix> runnerUp,
        List<UniformPlan> uniform,
        Optional<Mix> mixed,
        Optional<ColocatedFleet> colocated) {

    /// Plans whose rates are nearer than that are equal as far as the model can tell, percent.
    public static final double TIE_PERCENT = 100 * Ranking.TIE;

    /// Co-located workers on the budget.
    ///
    /// @param counts workers; their names carry the chunk size
    /// @param points points of these, in order
    /// @param requestsPerSecond what they serve together
    public record ColocatedFleet(
            List<Mix.Count> counts, List<ColocatedPoint> points, double requestsPerSecond) {

        public ColocatedFleet {
            counts = List.copyOf(counts);
            points = List.copyOf(points);
        }
    }

    public FleetPlan {
        prefill = List.copyOf(prefill);
        decode = List.copyOf(decode);
        uniform = List.copyOf(uniform);
    }

    /// How much more a mix of shapes serves than the best plan with one shape per role, in percent;
    /// 0 where it serves no more.
    public double mixedGainPercent() {
        double one = uniform.getFirst().servedRequestsPerSecond();
        return mixed.map(best -> Math.max(0, 100 * (best.servedRequestsPerSecond() / one - 1)))
                .orElse(0.0);
    }

    /// The largest time to first token among the chosen workers, without queueing: prefill, exposed
    /// transfer and the first step of the slowest decode worker.
    public double ttftSeconds() {
        double before = prefill.stream().mapToDouble(PrefillPoint::ttftSeconds).max().orElseThrow();
        return before - target.itlSeconds() + itlSeconds();
    }

    /// The largest time between tokens among the chosen workers.
    public double itlSeconds() {
        return decode.stream().mapToDouble(DecodePoint::itlSeconds).max().orElseThrow();
    }

    /// Output tokens per second and GPU of the budget.
    public double tokensPerSecondPerGpu() {
        return tokensPerSecondPerGpu(mix.servedRequestsPerSecond());
    }

    /// The same of another rate of requests.
    public double tokensPerSecondPerGpu(double requestsPerSecond) {
        return requestsPerSecond * target.load().outputTokens() / mix.budgetGpus();
    }

    /// Largest KV traffic out of a prefill GPU, bytes per second.
    public double egressBytesPerSecondPerGpu() {
        return prefill.stream()
                .mapToDouble(p -> p.egressBytesPerSecondPerGpu(target.model(), target.load()))
                .max()
                .orElseThrow();
    }

    /// Largest KV traffic into a decode GPU, bytes per second.
    public double ingressBytesPerSecondPerGpu() {
        return decode.stream()
                .mapToDouble(p -> p.ingressBytesPerSecondPerGpu(target.model(), target.load()))
                .max()
                .orElseThrow();
    }

    /// What keeps the slower pool from more: what binds its workers with most GPUs.
    public Binding binding() {
        return mix.limit() == Mix.Limit.PREFILL
                ? prefill.get(main(mix.prefill())).binding()
                : decode.get(main(mix.decode())).binding();
    }

    private static int main(List<Mix.Count> counts) {
        int main = 0;
        for (int i = 1; i < counts.size(); i++) {
            main = counts.get(i).gpus() > counts.get(main).gpus() ? i : main;
        }
        return main;
    }

    /// Whether serving without disaggregation carries more on the same GPUs.
    public boolean colocatedWins() {
        return colocated
                .filter(c -> c.requestsPerSecond() > mix.servedRequestsPerSecond())
                .isPresent();
    }
}
