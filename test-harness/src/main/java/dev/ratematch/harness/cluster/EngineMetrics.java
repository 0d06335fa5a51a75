package dev.ratematch.harness.cluster;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.sim.Histogram;

/// What one engine counts, whatever of it its page shows.
final class EngineMetrics {

    private static final double SECONDS = 1e9;

    /// Who counts.
    ///
    /// @param number of the replica within its role, from 0
    /// @param kvTokens KV tokens that fit
    record Engine(String model, Role role, int number, long kvTokens) {}

    final Engine engine;
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

    private final EnginePage page;
    private final double transferPerSecond;

    EngineMetrics(Engine engine, EnginePage page) {
        this.engine = engine;
        this.page = page;
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
    }

    /// The exposition of an engine, as its page would return it now.
    String render(Replica replica) {
        replica.settle();
        return page.render(this, replica);
    }

    /// Prefill is done with a prompt.
    ///
    /// @param passNanos when the pass that ends now began
    void prefilled(Job job, long nowNanos, long passNanos) {
        int computed = job.inputTokens() - job.cachedTokens;
        promptTokens.add(job.inputTokens());
        computedTokens.add(computed);
        promptTokensTotal += job.inputTokens();
        computedTokensTotal += computed;
        cachedTokensTotal += job.cachedTokens;
        generatedTokens.add(1);
        generationTokensTotal++;
        succeeded++;
        double queued = (job.prefillStartNanos - job.request.arrivalNanos()) / SECONDS;
        double computing = (nowNanos - job.prefillStartNanos) / SECONDS;
        queueTime.add(queued);
        prefillTime.add(computing);
        lastPassTime.add((nowNanos - passNanos) / SECONDS);
        if (passNanos > job.prefillStartNanos) {
            chunksTime.add((passNanos - job.prefillStartNanos) / SECONDS);
        }
        ttft.add(queued + computing);
    }

    /// The KV of a prompt has come here.
    void received(double seconds) {
        transferTime.add(seconds * transferPerSecond);
    }

    /// The KV of a prompt has left.
    void sent(double seconds) {
        sendTime.add(seconds * transferPerSecond);
    }

    /// The first token that the user sees is out.
    void firstToken(Job job, long nanos) {
        ttft.add((nanos - job.prefillEndNanos) / SECONDS);
        ttftFromArrival.add((nanos - job.request.arrivalNanos()) / SECONDS);
    }

    /// Decode is done with a request.
    void decoded(Job job, long nowNanos) {
        promptTokens.add(job.inputTokens());
        computedTokens.add(1);
        generatedTokens.add(job.outputTokens());
        double decoding = (nowNanos - job.firstTokenNanos) / SECONDS;
        decodeTime.add(decoding);
        ttftOfEnded.add((job.firstTokenNanos - job.prefillEndNanos) / SECONDS);
        if (job.outputTokens() > 1) {
            timePerToken.add(decoding / (job.outputTokens() - 1));
        }
        succeeded++;
    }
}
