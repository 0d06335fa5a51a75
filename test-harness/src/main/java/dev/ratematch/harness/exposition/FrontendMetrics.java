package dev.ratematch.harness.exposition;

import dev.ratematch.harness.plant.Job;
import dev.ratematch.harness.plant.RequestObserver;
import dev.ratematch.harness.plant.ServingPod;
import dev.ratematch.harness.sim.Histogram;
import java.util.List;

/// What the frontend counts: of whole requests only what its page shows.
final class FrontendMetrics implements RequestObserver {

    private static final double SECONDS = 1e9;

    /// The state of things behind the frontend, when its page is asked for.
    ///
    /// @param inside requests that are neither complete nor lost
    /// @param beforeFirstToken of those, the ones without a first token
    /// @param workers the pods that it sends requests to
    record Behind(int inside, int beforeFirstToken, List<ServingPod> workers) {}

    final String model;
    final Histogram ttft;
    final Histogram itl;

    /// One observation a request.
    final Histogram timePerToken;

    final Histogram inputTokens;
    final Histogram outputTokens;
    final Histogram cachedTokens;
    final Histogram duration;
    long started;
    long succeeded;
    long failed;
    long cancelled;

    private final FrontendPage page;
    private final boolean countsLengthsAtTheEnd;
    private final boolean countsRequests;

    FrontendMetrics(String model, FrontendPage page) {
        this.model = model;
        this.page = page;
        this.countsLengthsAtTheEnd = page.countsLengthsAtTheEnd();
        this.countsRequests = page.showsRequests();
        var bounds = page.bounds();
        this.ttft = new Histogram(bounds.ttft());
        this.itl = new Histogram(bounds.itl());
        this.timePerToken = new Histogram(bounds.timePerToken());
        this.inputTokens = new Histogram(bounds.input());
        this.outputTokens = new Histogram(bounds.output());
        this.cachedTokens = new Histogram(bounds.input());
        this.duration = new Histogram(bounds.duration());
    }

    @Override
    public void arrived() {
        started++;
    }

    @Override
    public void firstToken(Job job, long nanos) {
        ttft.add((nanos - job.arrivalNanos()) / SECONDS);
        if (!countsLengthsAtTheEnd) {
            input(job);
        }
    }

    private void input(Job job) {
        inputTokens.add(job.inputTokens());
        cachedTokens.add(job.cachedTokens());
    }

    @Override
    public void completed(Job job, long nanos) {
        succeeded++;
        outputTokens.add(job.outputTokens());
        if (countsRequests) {
            duration.add((nanos - job.arrivalNanos()) / SECONDS);
        }
        if (countsLengthsAtTheEnd) {
            input(job);
        }
        int gaps = job.outputTokens() - 1;
        if (gaps > 0) {
            double mean = (nanos - job.firstTokenNanos()) / SECONDS / gaps;
            itl.add(mean, gaps);
            if (countsRequests) {
                timePerToken.add(mean);
            }
        }
    }

    @Override
    public void givenUp() {
        cancelled++;
    }

    @Override
    public void dropped() {
        failed++;
    }

    String render(Behind behind) {
        return page.render(this, behind);
    }
}
