package dev.ratematch.costmodel.frontier.points;

import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.transfer.KvTransfer;
import dev.ratematch.costmodel.transfer.Lanes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Algorithm 1 for one worker: of its batches and chunk sizes that meet the time to first token,
/// the one with most requests per second.
public final class PrefillChoice {

    /// Tokens that one iteration of a copy of attention holds activations for (see the memory
    /// model); a single longer prompt still runs whole.
    static final double ITERATION_TOKENS = 8192;

    private static final int[] CHUNKS = {1024, 2048, 4096, 8192, 16_384, 32_768};

    private final Target target;
    private final CompiledWorker worker;
    private final double bytes;

    /// The choice for one worker.
    public PrefillChoice(Target target, CompiledWorker worker) {
        this.target = target;
        this.worker = worker;
        this.bytes =
                KvTransfer.bytesPerRequest(
                        target.load().inputTokens(), worker.distinctKvBytesPerToken());
    }

    /// The best point that meets the target.
    public Optional<PrefillPoint> best() {
        return search(target.ttftSeconds(), false);
    }

    /// The point with the smallest time to first token, whatever the target.
    public Optional<PrefillPoint> fastest() {
        return search(Double.MAX_VALUE, true);
    }

    private Optional<PrefillPoint> search(double ttftSeconds, boolean fastest) {
        PrefillPoint best = null;
        for (int n = 1; n <= largestBatch(); n++) {
            PrefillPoint point = whole(n);
            if (point.ttftSeconds() > ttftSeconds) {
                if (best != null && best.binding() == Binding.ITERATION_TOKENS) {
                    best = bound(best, Binding.TTFT);
                }
                break;
            }
            best = better(best, point, fastest);
        }
        if (worker.parallelism().pipeline() > 1) {
            for (int chunk : CHUNKS) {
                if (chunk < target.load().newTokens() && chunksFit(chunk)) {
                    PrefillPoint point = chunked(chunk);
                    if (point.ttftSeconds() <= ttftSeconds) {
                        best = better(best, point, fastest);
                    }
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private static PrefillPoint better(@Nullable PrefillPoint a, PrefillPoint b, boolean fastest) {
        if (a == null) {
            return b;
        }
        boolean wins =
                fastest
                        ? b.ttftSeconds() < a.ttftSeconds()
                        : b.requestsPerSecond() > a.requestsPerSecond();
        return wins ? b : a;
    }

    /// Prompts per copy and stage that memory and iteration budget allow; 0 when not even one fits.
    private int largestBatch() {
        double prompts = worker.kvCapacityTokens() / target.load().inputTokens();
        int copies = worker.parallelism().attentionData();
        double fit = prompts / (copies * worker.parallelism().pipeline());
        double budget = Math.max(1, ITERATION_TOKENS / target.load().newTokens());
        return (int) Math.min(fit, budget);
    }

    /// Whether the prompts fit that keep all stages busy with chunks of that size.
    private boolean chunksFit(int chunk) {
        double chunks = Math.ceil(target.load().newTokens() / chunk);
        double prompts = Math.ceil(worker.parallelism().pipeline() / chunks) + 1;
        double copies = worker.parallelism().attentionData();
        return copies * prompts * target.load().inputTokens() <= worker.kvCapacityTokens();
    }

    private PrefillPoint whole(int perCopy) {
        int together = perCopy * worker.parallelism().attentionData();
        double ftl = Pricing.ftlSeconds(worker, target.load(), together);
        int inFlight = together * worker.parallelism().pipeline();
        return point(inFlight, 0, ftl, inFlight / ftl * balance());
    }

    private PrefillPoint chunked(int chunk) {
        int copies = worker.parallelism().attentionData();
        int stages = worker.parallelism().pipeline();
        // The compiled time is a latency through all stages, hops included.
        ChunkedPipeline pipe =
                ChunkedPipeline.of(
                        (tokens, prefix) ->
                                Pricing.prefillSeconds(
                                                worker,
                                                copies * tokens,
                                                copies * tokens * (2 * prefix + tokens))
                                        / stages,
                        stages,
                        target.load(),
                        chunk,
                        0);
        double rate = copies / pipe.secondsPerPrompt() * balance();
        return point(copies, chunk, pipe.ftlSeconds(), rate);
    }

    private double balance() {
        return Pricing.stageBalance(worker, target.model());
    }

    private PrefillPoint point(int prompts, int chunk, double ftl, double rate) {
        // Which decode worker receives is not known yet. Lanes of one request are this side's:
        // fan-out does not slow them.
        var lanes = Lanes.of(target.model(), worker.parallelism());
        double exposed =
                KvTransfer.exposedSeconds(
                        target.link(), lanes.perRequest(), bytes, ftl, target.model().layers());
        double ttft = ftl + exposed + target.itlSeconds();
        double carried = KvTransfer.requestsPerSecond(target.link(), lanes.perWorker(), bytes);
        return new PrefillPoint(
                worker,
                prompts,
                chunk,
                ftl,
                ttft,
                Math.min(rate, carried),
                carried < rate ? Binding.EGRESS : Binding.ITERATION_TOKENS);
    }

    private static PrefillPoint bound(PrefillPoint point, Binding binding) {
        return new PrefillPoint(
                point.worker(),
                point.prompts(),
                point.chunkTokens(),
                point.ftlSeconds(),
                point.ttftSeconds(),
                point.requestsPerSecond(),
                binding);
    }
}
