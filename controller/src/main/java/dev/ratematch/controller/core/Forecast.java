package dev.ratematch.controller.core;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Sizes;
import dev.ratematch.controller.plan.Plan;
import org.jspecify.annotations.Nullable;

/// What one pair of pools does at the present rate by the model as corrected by now, and what would
/// change it.
///
/// @param transferRequestsPerSecond whose KV the network carries
/// @param ttftSeconds at the promise's percentile; infinite at saturation
/// @param ttftMeanSeconds mean; infinite at saturation
/// @param itlSeconds mean; infinite where the batch would not fit
/// @param servedShare of what is asked, at most 1
/// @param binding what keeps the pair from more; none where it carries all that is asked
/// @param growth what a rise of the rate would change, of traffic of the same shape: to the pair
///   that changes least, to itself where none within the budget carries more; absent where nothing
///   bounds the pair, or it carries nothing within the promise
/// @param saving what a fall of it would change; absent where nothing can be given back
/// @param prefillWorth requests per second that one more prefill replica would add, whatever the
///   budget
/// @param decodeWorth requests per second that one more decode replica would add
/// @param lossShare share of what the same GPUs would carry if replicas could be split that is lost
///   to whole ones
public record Forecast(
        Sizes pair,
        Pool prefill,
        Pool decode,
        double transferRequestsPerSecond,
        double ttftSeconds,
        double ttftMeanSeconds,
        double itlSeconds,
        double servedShare,
        Plan.Limit binding,
        @Nullable Turn growth,
        @Nullable Turn saving,
        double prefillWorth,
        double decodeWorth,
        double lossShare) {

    /// One pool of it.
    ///
    /// @param requestsPerSecond carried under the promise, or where no size keeps it, without a
    ///   growing queue
    /// @param askedRequestsPerSecond that come to it at the present rate
    /// @param fullRequestsPerSecond that it finishes at full throughput, whatever the latency;
    ///   infinite where it has nothing to do
    /// @param batch requests in an iteration of a prefill replica, sequences of a decode replica,
    ///   mean, while that much is carried; zero where no batch keeps the promise or none forms
    /// @param kvFill share of a decode replica's KV that this batch holds; null for prefill, which
    ///   hands its KV on
    public record Pool(
            double requestsPerSecond,
            double askedRequestsPerSecond,
            double fullRequestsPerSecond,
            double batch,
            @Nullable Double kvFill) {}

    /// A rate beyond which another pair is needed, or below which a smaller one is enough.
    public record Turn(double requestsPerSecond, Sizes to) {}

    /// One of the two pools.
    public Pool of(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// What all of it carries: the least of the three.
    public double requestsPerSecond() {
        return Math.min(
                transferRequestsPerSecond,
                Math.min(prefill.requestsPerSecond(), decode.requestsPerSecond()));
    }
}
