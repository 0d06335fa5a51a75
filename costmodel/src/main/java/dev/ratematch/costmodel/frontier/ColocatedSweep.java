package dev.ratematch.costmodel.frontier;

import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.units.Check;
import java.util.List;

/// Batches and chunk sizes of many workers that do both phases: the co-located side of the
/// frontier.
public final class ColocatedSweep implements Sweep {

    private final Target target;
    private final List<CompiledWorker> workers;
    private final int[] chunks;
    private final int perSlice;
    private final double[] interactivity;
    private final double[] throughput;

    /// A sweep.
    ///
    /// @param points points in all, about
    public ColocatedSweep(Target target, List<CompiledWorker> workers, int points) {
        Check.atLeast("points", points, 1);
        this.target = target;
        this.workers = List.copyOf(workers);
        this.chunks = Colocated.chunks(target.load());
        this.perSlice = Math.max(2, points / Math.max(1, slices()));
        this.interactivity = new double[perSlice * slices()];
        this.throughput = new double[interactivity.length];
    }

    @Override
    public int slices() {
        return workers.size() * chunks.length;
    }

    @Override
    public void fill(int slice) {
        CompiledWorker worker = workers.get(slice / chunks.length);
        int chunk = chunks[slice % chunks.length];
        var baseline = new Colocated(target, worker);
        double most = baseline.mostPerCopy(chunk);
        if (most < 1) {
            return;
        }
        double factor = StrictMath.pow(most, 1.0 / (perSlice - 1));
        double sets =
                (double) worker.parallelism().attentionData() * worker.parallelism().pipeline();
        double perGpu =
                sets
                        * target.load().outputTokens()
                        / (target.load().decodeTokens() * worker.gpus());
        double batch = 1;
        int end = (slice + 1) * perSlice;
        for (int i = slice * perSlice; i < end; i++) {
            double itl = baseline.itlSeconds(batch, chunk);
            interactivity[i] = 1 / itl;
            boolean inTime = baseline.ttftSeconds(batch, chunk) <= target.ttftSeconds();
            throughput[i] = inTime ? batch * perGpu / itl : 0;
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
        return point / (perSlice * chunks.length);
    }
}
