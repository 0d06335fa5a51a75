package dev.ratematch.harness.cluster;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.sim.Histogram;
import java.util.List;

/// What the frontend counts, whatever of it its page shows.
final class FrontendMetrics {

    private static final double SECONDS = 1e9;

    /// The state of things behind the frontend, when its page is asked for.
    ///
    /// @param inside requests that are neither complete nor lost
    /// @param beforeFirstToken of those, the ones without a first token
    /// @param workers the replicas that it sends requests to
    record Behind(int inside, int beforeFirstToken, List<Worker> workers) {}

    /// One replica behind the frontend.
    ///
    /// @param number of the replica within its role
    /// @param promptTokens still to be computed
    /// @param kvTokens in use
    /// @param waiting requests waiting to be begun
    /// @param running requests being computed
    /// @param kvUsed share of KV in use, 0 to 1
    record Worker(
            Role role,
            int number,
            long promptTokens,
            long kvTokens,
            int waiting,
            int running,
            double kvUsed) {

        static Worker of(Replica replica) {
            replica.settle();
            var engine = replica.metrics().engine;
            return new Worker(
                    engine.role(),
                    engine.number(),
                    replica.promptTokens(),
                    (long) (replica.kvUsed() * engine.kvTokens()),
                    replica.waiting(),
                    replica.running(),
                    replica.kvUsed());
        }
    }

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

    private final FrontendPage page;

    FrontendMetrics(String model, FrontendPage page) {
        this.model = model;
        this.page = page;
        var bounds = page.bounds();
        this.ttft = new Histogram(bounds.ttft());
        this.itl = new Histogram(bounds.itl());
        this.timePerToken = new Histogram(bounds.timePerToken());
        this.inputTokens = new Histogram(bounds.input());
        this.outputTokens = new Histogram(bounds.output());
        this.cachedTokens = new Histogram(bounds.input());
        this.duration = new Histogram(bounds.duration());
    }

    void firstToken(Job job, long nanos) {
        ttft.add((nanos - job.request.arrivalNanos()) / SECONDS);
        if (!page.countsLengthsAtTheEnd()) {
            input(job);
        }
    }

    private void input(Job job) {
        inputTokens.add(job.inputTokens());
        cachedTokens.add(job.cachedTokens);
    }

    void completed(Job job, long nanos) {
        succeeded++;
        outputTokens.add(job.outputTokens());
        duration.add((nanos - job.request.arrivalNanos()) / SECONDS);
        if (page.countsLengthsAtTheEnd()) {
            input(job);
        }
        int gaps = job.outputTokens() - 1;
        if (gaps > 0) {
            double mean = (nanos - job.firstTokenNanos) / SECONDS / gaps;
            itl.add(mean, gaps);
            timePerToken.add(mean);
        }
    }

    String render(Behind behind) {
        return page.render(this, behind);
    }
}
