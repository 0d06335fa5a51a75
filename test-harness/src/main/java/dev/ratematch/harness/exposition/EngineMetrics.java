package dev.ratematch.harness.exposition;

import dev.ratematch.harness.plant.EngineId;
import dev.ratematch.harness.plant.EngineObserver;
import dev.ratematch.harness.plant.Job;
import dev.ratematch.harness.sim.Histogram;

/// What one engine counts: all that any page shows, and of what few pages show, which costs most,
/// only what its own does.
final class EngineMetrics implements EngineObserver {

    private static final double SECONDS = 1e9;

    final String model;
    final EngineId engine;
    final Histogram promptTokens;
    final Histogram generatedTokens;
    final Histogram computedTokens;

    /// Observed with the first token, from the end of the stage before.
    final Histogram ttft;

    /// The same, observed when the request ends.
    final Histogram ttftOfEnded;

    /// Observed with the first token, from the request's arrival.
    final Histogram ttftFromArrival;

    final Histogram itl;

    /// One observation a request.
    final Histogram timePerToken;

    final Histogram queueTime;
    final Histogram prefillTime;

    /// Of that, the last pass and those before it.
    final Histogram lastPassTime;

    final Histogram chunksTime;

    final Histogram decodeTime;

    /// KV received, and KV sent.
    final Histogram transferTime;

    final Histogram sendTime;
    long promptTokensTotal;
    long computedTokensTotal;
    long cachedTokensTotal;
    long transferredTokensTotal;
    long generationTokensTotal;
    long prefixQueries;
    long prefixHits;
    long succeeded;
    long preempted;

    /// Steps that verified drafts, and drafts that were right; 0 without speculation.
    long drafts;

    long acceptedDrafts;
    private double gapsLeft;

    private final double transferPerSecond;
    private final boolean countsPasses;
    private final boolean countsEnds;

    /// @param page that will show it, whose buckets are filled
    EngineMetrics(String model, EngineId engine, EnginePage page) {
        this.model = model;
        this.engine = engine;
        var buckets = page.buckets();
        this.promptTokens = new Histogram(buckets.length());
        this.generatedTokens = new Histogram(buckets.length());
        this.computedTokens = new Histogram(buckets.length());
        this.ttft = new Histogram(buckets.firstToken());
        this.ttftOfEnded = new Histogram(buckets.firstToken());
        this.ttftFromArrival = new Histogram(buckets.firstToken());
        this.itl = new Histogram(buckets.token());
        this.timePerToken = new Histogram(buckets.token());
        this.queueTime = new Histogram(buckets.stage());
        this.prefillTime = new Histogram(buckets.prefill());
        this.lastPassTime = new Histogram(buckets.prefill());
        this.chunksTime = new Histogram(buckets.prefill());
        this.decodeTime = new Histogram(buckets.stage());
        this.transferTime = new Histogram(buckets.transfer());
        this.sendTime = new Histogram(buckets.transfer());
        this.transferPerSecond = buckets.transferPerSecond();
        this.countsPasses = page.showsPasses();
        this.countsEnds = page.showsEnds();
    }

    /// Begins to count anew.
    void reset() {
        promptTokens.reset();
        generatedTokens.reset();
        computedTokens.reset();
        ttft.reset();
        ttftOfEnded.reset();
        ttftFromArrival.reset();
        itl.reset();
        timePerToken.reset();
        queueTime.reset();
        prefillTime.reset();
        lastPassTime.reset();
        chunksTime.reset();
        decodeTime.reset();
        transferTime.reset();
        sendTime.reset();
        promptTokensTotal = 0;
        computedTokensTotal = 0;
        cachedTokensTotal = 0;
        transferredTokensTotal = 0;
        generationTokensTotal = 0;
        prefixQueries = 0;
        prefixHits = 0;
        succeeded = 0;
        preempted = 0;
    }

    @Override
    public void prefillBegins(Job job) {
        prefixQueries += job.inputTokens();
        prefixHits += job.cachedTokens();
    }

    @Override
    public void prefilled(Job job, long nowNanos, long passNanos) {
        int computed = job.inputTokens() - job.cachedTokens();
        promptTokens.add(job.inputTokens());
        computedTokens.add(computed);
        promptTokensTotal += job.inputTokens();
        computedTokensTotal += computed;
        cachedTokensTotal += job.cachedTokens();
        generatedTokens.add(1);
        generationTokensTotal++;
        succeeded++;
        double queued = (job.prefillStartNanos() - job.arrivalNanos()) / SECONDS;
        double computing = (nowNanos - job.prefillStartNanos()) / SECONDS;
        queueTime.add(queued);
        prefillTime.add(computing);
        if (countsPasses) {
            lastPassTime.add((nowNanos - passNanos) / SECONDS);
            if (passNanos > job.prefillStartNanos()) {
                chunksTime.add((passNanos - job.prefillStartNanos()) / SECONDS);
            }
        }
        ttft.add(queued + computing);
    }

    @Override
    public void kvReceived(Job job, double seconds) {
        promptTokensTotal += job.inputTokens();
        transferredTokensTotal += job.inputTokens();
        transferTime.add(seconds * transferPerSecond);
    }

    @Override
    public void kvSent(double seconds) {
        if (countsPasses) {
            sendTime.add(seconds * transferPerSecond);
        }
    }

    @Override
    public void firstToken(Job job, long nanos) {
        ttft.add((nanos - job.prefillEndNanos()) / SECONDS);
        if (countsPasses) {
            ttftFromArrival.add((nanos - job.arrivalNanos()) / SECONDS);
        }
    }

    @Override
    public void tokensMade(long tokens, long gaps, double gapSeconds, double acceptLength) {
        if (gaps > 0) {
            itl.add(gapSeconds * acceptLength, events(gaps, acceptLength));
        }
        generationTokensTotal += tokens;
    }

    /// An engine observes the time between outputs, and with speculation an output has several
    /// tokens.
    private long events(long gaps, double acceptLength) {
        if (acceptLength == 1) {
            return gaps;
        }
        gapsLeft += gaps / acceptLength;
        long whole = Math.max(1, (long) gapsLeft);
        gapsLeft -= whole;
        drafts += whole;
        acceptedDrafts += gaps - whole;
        return whole;
    }

    @Override
    public void preempted() {
        preempted++;
    }

    @Override
    public void decoded(Job job, long nowNanos) {
        promptTokens.add(job.inputTokens());
        computedTokens.add(1);
        generatedTokens.add(job.outputTokens());
        double decoding = (nowNanos - job.firstTokenNanos()) / SECONDS;
        decodeTime.add(decoding);
        if (countsEnds) {
            ttftOfEnded.add((job.firstTokenNanos() - job.prefillEndNanos()) / SECONDS);
            if (job.outputTokens() > 1) {
                timePerToken.add(decoding / (job.outputTokens() - 1));
            }
        }
        succeeded++;
    }
}
