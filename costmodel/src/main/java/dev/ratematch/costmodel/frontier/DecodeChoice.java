package dev.ratematch.costmodel.frontier;

import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.transfer.TransferModel;
import java.util.Optional;

/// Of the batches of one decode worker that meet the inter-token latency and fit in memory, the one
/// with most requests per second.
///
/// A step never gets faster with more sequences, so that the largest batch is found by bisection.
/// The rate almost always peaks there, but a step in a curve (a kernel that changes, a second wave)
/// can put the peak before it; batches down to half are therefore looked at too.
final class DecodeChoice {

    /// Sequences per copy of attention that engines are run with at most.
    static final int SEQUENCES = 1024;

    private static final int LOOK_BACK = 8;

    private final Target target;
    private final CompiledWorker worker;
    private final int copies;
    private final int stages;

    DecodeChoice(Target target, CompiledWorker worker) {
        this.target = target;
        this.worker = worker;
        this.copies = worker.parallelism().attentionData();
        this.stages = worker.parallelism().pipeline();
    }

    /// The best point that meets the target.
    Optional<DecodePoint> best() {
        int most = mostThatFit();
        if (most == 0 || itlSeconds(1) > target.itlSeconds()) {
            return Optional.empty();
        }
        int low = 1;
        int high = most;
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
            if (n > 0 && rate(n) > rate(best)) {
                best = n;
            }
        }
        return Optional.of(point(best, binding));
    }

    /// One sequence per copy and stage: the smallest time between tokens, whatever the target.
    Optional<DecodePoint> fastest() {
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
                TransferModel.bytesPerRequest(
                        target.load().inputTokens(), worker.distinctKvBytesPerToken());
        double carried = target.link().requestsPerSecond(target.model(), worker, bytes);
        return new DecodePoint(
                worker,
                perCopy * copies * stages,
                itlSeconds(perCopy),
                Math.min(rate, carried),
                carried < rate ? Binding.INGRESS : binding);
    }
}
