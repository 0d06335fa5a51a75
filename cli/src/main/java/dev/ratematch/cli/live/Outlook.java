package dev.ratematch.cli.live;

import dev.ratematch.controller.capacity.Capacity;
import dev.ratematch.controller.core.Step;
import dev.ratematch.controller.estimate.WorkloadEstimate;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Demand;
import dev.ratematch.controller.plan.Planner;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the model, as corrected by now, makes of the pools as they are and as they should be. Pure.
///
/// @param load the traffic that is expected
/// @param asked requests per second that are planned for, margin and backlog included
/// @param now the pools as they are
/// @param end the pools as recommended; the same where they should stay
/// @param growth what a rise of the rate would change, of traffic of the same shape
/// @param saving what a fall of it would change; absent where nothing can be given back
record Outlook(
        WorkloadEstimate load,
        double asked,
        Forecast now,
        Forecast end,
        Turn growth,
        @Nullable Turn saving) {

    /// What one pair of pools does at the present rate.
    ///
    /// @param ttftSeconds at the promise's percentile; infinite at saturation
    /// @param itlSeconds mean; infinite where the batch would not fit
    /// @param prefillRequestsPerSecond that prefill carries under the promise
    /// @param decodeRequestsPerSecond that decode carries under the promise
    /// @param transferRequestsPerSecond whose KV the network carries
    /// @param servedShare of what is asked, at most 1
    record Forecast(
            Sizes pair,
            double ttftSeconds,
            double itlSeconds,
            double prefillRequestsPerSecond,
            double decodeRequestsPerSecond,
            double transferRequestsPerSecond,
            double servedShare) {

        /// The least of the three.
        double requestsPerSecond() {
            return Math.min(
                    transferRequestsPerSecond,
                    Math.min(prefillRequestsPerSecond, decodeRequestsPerSecond));
        }
    }

    /// A rate at which another pair would be planned.
    record Turn(double requestsPerSecond, Sizes to) {}

    /// Past the point where a pair no longer suffices.
    private static final double BEYOND = 1.05;

    /// The outlook of a cycle that came as far as a plan.
    static Optional<Outlook> of(Service service, Step step, Sizes current) {
        var why = step.explanation();
        var load = why.estimate();
        var demand = why.demand();
        if (load == null || demand == null || current.prefill() < 1 || current.decode() < 1) {
            return Optional.empty();
        }
        var spec = service.spec();
        var capacity = why.calibration().capacity(spec, service.laws(), load);
        var end = step.end();
        var ahead = forecast(capacity, load, demand, end);
        double margin = 1 + spec.tuning().demandMargin();
        double limit = ahead.requestsPerSecond();
        var more = new Demand(BEYOND * limit, BEYOND * limit);
        var grown = Planner.solve(spec, capacity, more);
        return Optional.of(
                new Outlook(
                        load,
                        demand.requestsPerSecond(),
                        forecast(capacity, load, demand, current),
                        ahead,
                        new Turn(limit / margin, new Sizes(grown.prefill(), grown.decode())),
                        saving(spec, capacity, end, margin)));
    }

    private static Forecast forecast(
            Capacity capacity, WorkloadEstimate load, Demand demand, Sizes pair) {
        double rate = load.requestsPerSecond();
        return new Forecast(
                pair,
                capacity.ttftSeconds(pair.prefill(), rate * (1 - load.localPrefillShare())),
                capacity.itlSeconds(pair.decode(), rate),
                capacity.prefillSizingRequestsPerSecond(pair.prefill()),
                capacity.decodeSizingRequestsPerSecond(pair.decode()),
                capacity.transferRequestsPerSecond(pair.prefill(), pair.decode()),
                Planner.servedShare(capacity, demand, pair));
    }

    private static @Nullable Turn saving(
            ServiceSpec spec, Capacity capacity, Sizes pair, double margin) {
        Turn best = null;
        for (var smaller :
                new Sizes[] {
                    new Sizes(pair.prefill() - 1, pair.decode()),
                    new Sizes(pair.prefill(), pair.decode() - 1)
                }) {
            if (smaller.prefill() < spec.prefill().minReplicas()
                    || smaller.decode() < spec.decode().minReplicas()) {
                continue;
            }
            double carries =
                    Math.min(
                            capacity.transferRequestsPerSecond(smaller.prefill(), smaller.decode()),
                            Math.min(
                                    capacity.prefillSizingRequestsPerSecond(smaller.prefill()),
                                    capacity.decodeSizingRequestsPerSecond(smaller.decode())));
            if (best == null || carries / margin > best.requestsPerSecond()) {
                best = new Turn(carries / margin, smaller);
            }
        }
        return best;
    }
}
