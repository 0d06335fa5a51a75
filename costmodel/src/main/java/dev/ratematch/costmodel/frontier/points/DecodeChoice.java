package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.transfer.KvTransfer;
import dev.ratematch.costmodel.transfer.Lanes;
import java.util.Optional;

/// Of the batches of one decode worker that meet the inter-token latency and fit in memory, the one
/// with most requests per second.
///
/// Steps slow down with more sequences, but for a kernel that changes; so the largest batch in time
/// is looked for from above in strides of an eighth and then bisected. The rate almost always peaks
/// there, but a jump in a curve can put the peak before it; batches down to half are looked at too.
public final class DecodeChoice {

    /// Sequences per copy of attention that engines are run with at most.
    public static final int SEQUENCES = 1024;

    private static final int LOOK_BACK = 8;
    private static final int STRIDE = 8;

    private final Target target;
    private final CompiledWorker worker;
    private final int copies;
    private final int stages;

    /// The choice for one worker.
    public DecodeChoice(Target target, CompiledWorker worker) {
        this.target = target;
        this.worker = worker;
        this.copies = worker.parallelism().attentionData();
        this.stages = worker.parallelism().pipeline();
    }

    /// The best point that meets the target.
    public Optional<DecodePoint> best() {
        int most = mostThatFit();
        int above = most + 1;
        int low = most;
        while (low > 0 && itlSeconds(low) > target.itlSeconds()) {
            above = low;
            low -= Math.max(1, low / STRIDE);
        }
        if (low == 0) {
            return Optional.empty();
        }
        int high = above - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (itlSeconds(middle) <= target.itlSeconds()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Binding binding =
                low < most ? Binding.ITL : low < SEQUENCES ? Binding.KV_MEMORY : Binding.SEQUENCES;
        int best = low;
        for (int i = 1; i <= LOOK_BACK; i++) {
            int n = low - low * i / (2 * LOOK_BACK);
            if (n > 0 && rate(n) > rate(best) && itlSeconds(n) <= target.itlSeconds()) {
                best = n;
            }
        }
        return Optional.of(point(best, binding));
    }

    /// One sequence per copy and stage: the smallest time between tokens, whatever the target.
    public Optional<DecodePoint> fastest() {
        return mostThatFit() == 0 ? Optional.empty() : Optional.of(point(1, Binding.ITL));
    }

    private int mostThatFit() {
        double fit = Pricing.sequencesThatFit(worker, target.load()) / ((double) copies * stages);
        return (int) Math.min(fit, SEQUENCES);
    }

    private double itlSeconds(int perCopy) {
        return Pricing.itlSeconds(worker, target.model(), target.load(), (double) perCopy * copies);
    }

    private double rate(int perCopy) {
        return (double) perCopy
                * copies
                * stages
                / (itlSeconds(perCopy) * target.load().decodeTokens());
    }

    private DecodePoint point(int perCopy, Binding binding) {
        double rate = rate(perCopy);
        double bytes =
                KvTransfer.bytesPerRequest(
                        target.load().inputTokens(), worker.distinctKvBytesPerToken());
        double carried =
                KvTransfer.requestsPerSecond(
                        target.link(),
                        Lanes.of(target.model(), worker.parallelism()).perWorker(),
                        bytes);
        return new DecodePoint(
                worker,
                perCopy * copies * stages,
                itlSeconds(perCopy),
                Math.min(rate, carried),
                carried < rate ? Binding.INGRESS : binding);
    }
}
