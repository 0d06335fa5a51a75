package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one worker of both phases carries when it is never idle: `n` sequences always run, a prompt
/// is always there, and chunks of it ride on their steps. This is the co-located side of a plan and
/// of the frontier, and asks for the most requests per second that keep the latencies, without
/// queueing. What latencies a given number of requests in flight meets, queueing included, is asked
/// of `costmodel.closed`.
///
/// Over the life of `n` sequences, `n_mix = n x new tokens / chunk` of the `steps = (OSL - 1) /
/// accepted` steps carry a chunk, so that `n` requests take `n_mix t_mix + (steps - n_mix) t_gen`.
/// No more than `n_mix = steps` can be: there every step carries a chunk and prefill limits.
public final class Piggyback {

    private static final int[] CHUNKS = {256, 512, 1024, 2048, 4096, 8192, 16_384};

    private final Load load;
    private final CompiledWorker worker;
    private final double layersFactor;
    private final int copies;
    private final int stages;
    private final double steps;

    /// A worker of both phases under a target's load.
    public Piggyback(Target target, CompiledWorker worker) {
        this.load = target.load();
        this.worker = worker;
        this.layersFactor =
                (1 + load.draftTokens() / target.model().layers())
                        / Pricing.stageBalance(worker, target.model());
        this.copies = worker.parallelism().attentionData();
        this.stages = worker.parallelism().pipeline();
        this.steps = load.decodeTokens() / load.acceptLength();
    }

    /// Chunk sizes worth trying: those below the iteration's budget, and the whole prompt.
    public static int[] chunks(Load load) {
        int whole = (int) Math.ceil(load.newTokens());
        double budget = Pricing.iterationTokens(load);
        int[] below = Arrays.stream(CHUNKS).filter(c -> c <= budget && c != whole).toArray();
        int[] chunks = Arrays.copyOf(below, below.length + 1);
        chunks[below.length] = whole;
        return chunks;
    }

    /// The point with most requests per second that meets the target.
    public Optional<ColocatedPoint> best(Target target) {
        ColocatedPoint best = null;
        for (int chunk : chunks(load)) {
            ColocatedPoint point = best(target, chunk);
            if (point != null
                    && (best == null || point.requestsPerSecond() > best.requestsPerSecond())) {
                best = point;
            }
        }
        return Optional.ofNullable(best);
    }

    private @Nullable ColocatedPoint best(Target target, int chunk) {
        int low = 0;
        int high = (int) mostPerCopy(chunk);
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (itlSeconds(middle, chunk) <= target.itlSeconds()
                    && ttftSeconds(middle, chunk) <= target.ttftSeconds()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        if (low == 0) {
            return null;
        }
        double itl = itlSeconds(low, chunk);
        int sequences = low * copies * stages;
        return new ColocatedPoint(
                worker,
                sequences,
                chunk,
                ttftSeconds(low, chunk),
                itl,
                sequences / (itl * load.decodeTokens()));
    }

    /// Sequences per copy and stage that fit and that chunks of that size can feed.
    public double mostPerCopy(int chunk) {
        double fit = Pricing.sequencesThatFit(worker, load) / ((double) copies * stages);
        double fed = steps * chunk / load.newTokens();
        return Math.min(Math.min(fit, fed), DecodeChoice.SEQUENCES);
    }

    /// Mean seconds between the tokens of a sequence.
    public double itlSeconds(double perCopy, int chunk) {
        double sequences = perCopy * copies;
        double mixed = Math.min(steps, perCopy * load.newTokens() / chunk);
        double mix =
                layersFactor
                        * Pricing.mixedSeconds(worker, load, (double) chunk * copies, sequences);
        double plain =
                layersFactor
                        * worker.decodeStepSeconds(
                                sequences * stages * (1 + load.draftTokens()),
                                sequences * stages * load.residentTokens());
        return (mixed * mix + (steps - mixed) * plain) / load.decodeTokens();
    }

    /// Seconds of the mixed steps that carry one prompt.
    public double ttftSeconds(double perCopy, int chunk) {
        double turns = Math.ceil(load.newTokens() / chunk);
        return turns
                * Pricing.mixedSeconds(worker, load, (double) chunk * copies, perCopy * copies);
    }
}
