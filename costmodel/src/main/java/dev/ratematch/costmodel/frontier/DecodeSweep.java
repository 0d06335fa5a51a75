package dev.ratematch.costmodel.frontier;

import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.units.Check;
import java.util.List;

/// Decode batches of many workers, each matched with the best prefill worker it may be paired with:
/// the disaggregated side of the frontier. Batches are spaced evenly in the logarithm, from one
/// sequence per copy of attention to what fits; they are means, and need not be whole.
public final class DecodeSweep implements Sweep {

    private final Target target;
    private final List<CompiledWorker> workers;
    private final double[] prefillPerGpu;
    private final int perSlice;
    private final double[] interactivity;
    private final double[] throughput;

    /// A sweep.
    ///
    /// @param workers decode candidates
    /// @param prefill one point per prefill candidate, the best that meets the time to first token
    /// @param points points in all, about
    public DecodeSweep(
            Target target, List<CompiledWorker> workers, List<PrefillPoint> prefill, int points) {
        Check.atLeast("points", points, 1);
        this.target = target;
        this.workers = List.copyOf(workers);
        this.perSlice = Math.max(2, points / Math.max(1, workers.size()));
        this.prefillPerGpu = new double[workers.size()];
        for (int w = 0; w < prefillPerGpu.length; w++) {
            for (PrefillPoint point : prefill) {
                if (target.pairing().allows(point.worker(), workers.get(w), target.model())) {
                    double perGpu = point.requestsPerSecond() / point.worker().gpus();
                    prefillPerGpu[w] = Math.max(prefillPerGpu[w], perGpu);
                }
            }
        }
        this.interactivity = new double[perSlice * workers.size()];
        this.throughput = new double[interactivity.length];
    }

    @Override
    public int slices() {
        return workers.size();
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
        double factor = StrictMath.pow(most, 1.0 / (perSlice - 1));
        double batch = sets;
        double perGpu = stages / (load.decodeTokens() * worker.gpus());
        int end = (slice + 1) * perSlice;
        for (int i = slice * perSlice; i < end; i++) {
            double itl = Pricing.itlSeconds(worker, target.model(), load, batch);
            interactivity[i] = 1 / itl;
            throughput[i] =
                    RateMatch.tokensPerSecondPerGpu(
                            prefillPerGpu[slice], batch * perGpu / itl, load);
            batch *= factor;
        }
    }

    @Override
    public int size() {
        return interactivity.length;
    }

    @Override
    public double interactivity(int point) {
        return interactivity[point];
    }

    @Override
    public double tokensPerSecondPerGpu(int point) {
        return throughput[point];
    }

    @Override
    public int worker(int point) {
        return point / perSlice;
    }
}
