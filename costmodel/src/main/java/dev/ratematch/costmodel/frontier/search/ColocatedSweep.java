package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.frontier.points.Piggyback;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.List;

/// Batches and chunk sizes of many workers that do both phases: the co-located side of the
/// frontier.
public final class ColocatedSweep extends BatchSweep {

    private final Target target;
    private final List<CompiledWorker> workers;
    private final int[] chunks;

    /// A sweep.
    ///
    /// @param points points in all, about
    public ColocatedSweep(Target target, List<CompiledWorker> workers, int points) {
        int[] chunks = Piggyback.chunks(target.load());
        super(workers.size() * chunks.length, points);
        this.target = target;
        this.workers = List.copyOf(workers);
        this.chunks = chunks;
    }

    /// @param perGpu sequences and tokens of a batch, per GPU
    private record Chunked(Piggyback worker, int chunk, double perGpu, double ttftSeconds)
            implements Price {

        @Override
        public double itlSeconds(double batch) {
            return worker.itlSeconds(batch, chunk);
        }

        @Override
        public double tokensPerSecondPerGpu(double batch, double itlSeconds) {
            boolean inTime = worker.ttftSeconds(batch, chunk) <= ttftSeconds;
            return inTime ? batch * perGpu / itlSeconds : 0;
        }
    }

    @Override
    public void fill(int slice) {
        CompiledWorker worker = workers.get(slice / chunks.length);
        int chunk = chunks[slice % chunks.length];
        var engine = new Piggyback(target, worker);
        double most = engine.mostPerCopy(chunk);
        if (most < 1) {
            return;
        }
        double sets =
                (double) worker.parallelism().attentionData() * worker.parallelism().pipeline();
        double perGpu =
                sets
                        * target.load().outputTokens()
                        / (target.load().decodeTokens() * worker.gpus());
        fill(slice, 1, most, new Chunked(engine, chunk, perGpu, target.ttftSeconds()));
    }

    @Override
    public int worker(int point) {
        return slice(point) / chunks.length;
    }
}
