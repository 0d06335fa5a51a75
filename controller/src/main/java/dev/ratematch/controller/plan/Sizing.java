package dev.ratematch.controller.plan;

import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.prospect.Prospect.Waiting;
import dev.ratematch.controller.spec.ServiceSpec;

/// How much to ask of the pools: the estimate with its margins and the backlog.
public record Sizing(ServiceSpec spec) {

    /// Largest share of the rate that a backlog adds to it.
    private static final double BACKLOG_SHARE = 0.2;

    /// Deviations of a burst that are planned for: 95 % of them stay below.
    private static final double BURST_DEVIATIONS = 1.645;

    /// Requests that may wait while the promise is kept.
    public double usualQueue(WorkloadEstimate estimate) {
        return Math.max(1, estimate.requestsPerSecond() * spec.slo().ttftSeconds());
    }

    /// Forecast (last value) with margin, the spread that bursts add while a queue within the
    /// promise could absorb them, and the backlog over the time it may take to clear.
    public Demand demand(WorkloadEstimate estimate, Snapshot snapshot) {
        double rate = estimate.requestsPerSecond();
        double deviation = StrictMath.sqrt(estimate.dispersion() * rate / absorbedSeconds());
        double spread = Math.min(0.5 * rate, BURST_DEVIATIONS * deviation);
        return backlogged(rate * (1 + spec.tuning().demandMargin()) + spread, estimate, snapshot);
    }

    /// What waits beyond what may, in seconds of arrivals. Under pull, a starved decode holds
    /// prefill's KV: then that queue is not prefill's to clear.
    public Waiting waiting(WorkloadEstimate estimate) {
        double rate = estimate.requestsPerSecond();
        double usual = usualQueue(estimate);
        double decode = Math.max(0, estimate.decodeBacklogRequests() - usual) / rate;
        double prefill = Math.max(0, estimate.prefillBacklogRequests() - usual) / rate;
        return new Waiting(decode > 0 ? 0 : prefill, decode);
    }

    /// What is asked now without any margin, backlog included.
    public Demand bare(WorkloadEstimate estimate, Snapshot snapshot) {
        return backlogged(estimate.requestsPerSecond(), estimate, snapshot);
    }

    /// A rate, and the backlog over the time that it may take to clear. A backlog tells what was
    /// missing, not what will be asked, so it may raise the demand by a share only: a larger one
    /// would turn the ratio over with every change of the side that waits.
    private Demand backlogged(double rate, WorkloadEstimate estimate, Snapshot snapshot) {
        double horizon = Math.max(60, 2 * spec.leadTimeSeconds());
        double most = BACKLOG_SHARE * rate;
        double usual = usualQueue(estimate);
        double prefillBacklog = Math.max(0, estimate.prefillBacklogRequests() - usual);
        double decodeBacklog = Math.max(0, estimate.decodeBacklogRequests() - usual);
        double running = Math.max(1, snapshot.decode().runningRequests().orElse(0));
        // Under pull, a starved decode holds prefill's KV: that queue is not prefill's to clear.
        boolean decodeStarved = estimate.decodeBacklogRequests() > 0.1 * running;
        double forPrefill = decodeStarved ? 0 : prefillBacklog;
        return new Demand(
                rate + Math.min(most, forPrefill / horizon),
                rate + Math.min(most, decodeBacklog / horizon));
    }

    /// How long an overload of a tenth may last before the queue that it leaves breaks TTFT.
    private double absorbedSeconds() {
        return 10 * spec.slo().ttftSeconds();
    }
}
