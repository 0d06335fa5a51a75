package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.frontier.mix.RateMatch;
import dev.ratematch.costmodel.frontier.points.DecodeChoice;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.points.Pricing;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.List;

/// Decode batches of many workers, each matched with the best prefill worker it may be paired with:
/// the disaggregated side of the frontier. Batches begin with one sequence per copy of attention
/// and end with what fits.
public final class DecodeSweep extends BatchSweep {

    private final Target target;
    private final List<CompiledWorker> workers;
    private final double[] prefillPerGpu;

    /// A sweep.
    ///
    /// @param workers decode candidates
    /// @param prefill one point per prefill candidate, the best that meets the time to first token
    /// @param points points in all, about
    public DecodeSweep(
            Target target, List<CompiledWorker> workers, List<PrefillPoint> prefill, int points) {
        super(workers.size(), points);
        this.target = target;
        this.workers = List.copyOf(workers);
        this.prefillPerGpu = new double[workers.size()];
        for (int w = 0; w < prefillPerGpu.length; w++) {
            for (PrefillPoint point : prefill) {
                if (target.pairing().allows(point.worker(), workers.get(w), target.model())) {
                    double perGpu = point.requestsPerSecond() / point.worker().gpus();
                    prefillPerGpu[w] = Math.max(prefillPerGpu[w], perGpu);
                }
            }
        }
    }

    /// @param perGpu requests that a sequence's steps end, per GPU
    private record Matched(
            CompiledWorker worker, Target target, double prefillPerGpu, double perGpu)
            implements Price {

        @Override
        public double itlSeconds(double batch) {
            return Pricing.itlSeconds(worker, target.model(), target.load(), batch);
        }

        @Override
        public double tokensPerSecondPerGpu(double batch, double itlSeconds) {
            return RateMatch.tokensPerSecondPerGpu(
                    prefillPerGpu, batch * perGpu / itlSeconds, target.load().outputTokens());
        }
    }

    @Override
    public void fill(int slice) {
        CompiledWorker worker = workers.get(slice);
        Load load = target.load();
        double sets = (double) worker.parallelism().attentionData();
        int stages = worker.parallelism().pipeline();
        double fit = Pricing.sequencesThatFit(worker, load) / (sets * stages);
        double most = Math.min(fit, DecodeChoice.SEQUENCES);
        if (most < 1 || prefillPerGpu[slice] == 0) {
            return;
        }
        double perGpu = stages / (load.decodeTokens() * worker.gpus());
        fill(slice, sets, most, new Matched(worker, target, prefillPerGpu[slice], perGpu));
    }

    @Override
    public int worker(int point) {
        return slice(point);
    }
}
