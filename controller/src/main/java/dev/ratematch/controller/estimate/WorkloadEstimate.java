package dev.ratematch.controller.estimate;

import dev.ratematch.costmodel.queue.Residence;
import dev.ratematch.costmodel.units.Check;

/// The traffic that the fleet must carry, as far as it is known.
///
/// @param requestsPerSecond arrival rate; zero means idle, never unknown
/// @param inputTokens mean ISL
/// @param uncachedInputTokens mean ISL that prefill computes
/// @param inputCv2 squared coefficient of variation of ISL
/// @param outputTokens mean OSL of a sequence
/// @param outputCv2 squared coefficient of variation of OSL
/// @param dispersion variance over mean of request counts in a window; 1 is Poisson
/// @param dispersionSeconds length of those windows, seconds
/// @param acceptLength tokens per decode step and sequence
/// @param localPrefillShare share of requests prefilled on the decode side
/// @param prefillBacklogRequests requests waiting for prefill beyond what is usual
/// @param decodeBacklogRequests requests waiting for decode
/// @param windows consistent windows behind this estimate
/// @param sequencesPerRequest sequences that decode makes of one request, at least 1
public record WorkloadEstimate(
        double requestsPerSecond,
        double inputTokens,
        double uncachedInputTokens,
        double inputCv2,
        double outputTokens,
        double outputCv2,
        double dispersion,
        double dispersionSeconds,
        double acceptLength,
        double localPrefillShare,
        double prefillBacklogRequests,
        double decodeBacklogRequests,
        int windows,
        double sequencesPerRequest) {

    public WorkloadEstimate {
        Check.finiteAtLeast("requestsPerSecond", requestsPerSecond, 0);
        Check.finiteAtLeast("inputTokens", inputTokens, 1);
        Check.finiteAtLeast("uncachedInputTokens", uncachedInputTokens, 0);
        Check.finiteAtLeast("inputCv2", inputCv2, 0);
        Check.finiteAtLeast("outputTokens", outputTokens, 1);
        Check.finiteAtLeast("outputCv2", outputCv2, 0);
        Check.finiteAtLeast("dispersion", dispersion, 0);
        Check.positive("dispersionSeconds", dispersionSeconds);
        Check.finiteAtLeast("acceptLength", acceptLength, 1);
        Check.within("localPrefillShare", localPrefillShare, 0, 1);
        Check.finiteAtLeast("prefillBacklogRequests", prefillBacklogRequests, 0);
        Check.finiteAtLeast("decodeBacklogRequests", decodeBacklogRequests, 0);
        Check.finiteAtLeast("sequencesPerRequest", sequencesPerRequest, 1);
    }

    /// Of requests for one sequence each.
    public WorkloadEstimate(
            double requestsPerSecond,
            double inputTokens,
            double uncachedInputTokens,
            double inputCv2,
            double outputTokens,
            double outputCv2,
            double dispersion,
            double dispersionSeconds,
            double acceptLength,
            double localPrefillShare,
            double prefillBacklogRequests,
            double decodeBacklogRequests,
            int windows) {
        this(
                requestsPerSecond,
                inputTokens,
                uncachedInputTokens,
                inputCv2,
                outputTokens,
                outputCv2,
                dispersion,
                dispersionSeconds,
                acceptLength,
                localPrefillShare,
                prefillBacklogRequests,
                decodeBacklogRequests,
                windows,
                1);
    }

    /// The dispersion that a queue feels which may last some seconds. A rate that wanders disperses
    /// counts in proportion to the time over which they are taken.
    public double dispersionWithin(double seconds) {
        return 1 + (dispersion - 1) * Math.min(1, seconds / dispersionSeconds);
    }

    /// KV tokens that a decoding sequence holds, averaged over its time in the batch.
    public double residentTokensPerSequence() {
        return Residence.meanTokens(inputTokens, outputTokens, outputCv2);
    }

    /// Mean of the squared prompt length that prefill attends over.
    public double squaresPerRequest() {
        double cached = inputTokens - Math.min(uncachedInputTokens, inputTokens);
        return inputTokens * inputTokens * (1 + inputCv2) - cached * cached;
    }
}
