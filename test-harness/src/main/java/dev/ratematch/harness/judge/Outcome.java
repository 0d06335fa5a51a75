package dev.ratematch.harness.judge;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// How one policy did on one trace.
///
/// @param policy its name
/// @param offered requests that arrived
/// @param good served as promised
/// @param completed served at all, within ten minutes of the end of the trace
/// @param unfinished still inside then
/// @param rejected refused at the door
/// @param dropped lost with a killed replica
/// @param pastSaving whose TTFT was over, without a first token, at the first decision after that:
///   none could have served them in time
/// @param goodputRps good requests per second of trace, 1/s
/// @param gpuHours from placement to deletion within the trace, loading and draining included
/// @param moves times that the commanded counts changed
/// @param thrash times that a role's count went one way and back within ten minutes
/// @param adaptSeconds mean time from a shift of the traffic to the first of three windows at
///   target; empty when the trace has no shifts, or one was never met
/// @param shifts shifts of the traffic in the trace
/// @param ttft time to first token
/// @param itl inter-token latency
/// @param targets parameters that it ran with, found by tuning or as shipped
/// @param timeline one point per control cycle; empty for anchors that are not run
public record Outcome(
        String policy,
        int offered,
        int good,
        int completed,
        int unfinished,
        int rejected,
        int dropped,
        int pastSaving,
        double goodputRps,
        double gpuHours,
        int moves,
        int thrash,
        OptionalDouble adaptSeconds,
        int shifts,
        Quantiles ttft,
        Quantiles itl,
        Map<String, Double> targets,
        List<Point> timeline) {

    /// The same under another name.
    public Outcome named(String other) {
        return new Outcome(
                other,
                offered,
                good,
                completed,
                unfinished,
                rejected,
                dropped,
                pastSaving,
                goodputRps,
                gpuHours,
                moves,
                thrash,
                adaptSeconds,
                shifts,
                ttft,
                itl,
                targets,
                timeline);
    }

    /// Quantiles of a latency, seconds; NaN where nothing was measured.
    public record Quantiles(double p50, double p95, double p99) {
        static final Quantiles NONE = new Quantiles(Double.NaN, Double.NaN, Double.NaN);
    }

    /// One control cycle.
    ///
    /// @param atSeconds its end
    /// @param arrivedRps requests per second that arrived in it
    /// @param prefill commanded prefill replicas
    /// @param decode commanded decode replicas
    /// @param prefillReadyGpus GPUs of ready prefill replicas
    /// @param decodeReadyGpus GPUs of ready decode replicas
    /// @param movingGpus GPUs of starting and draining replicas
    /// @param switchingGpus of these, GPUs of replicas that come from the other role
    /// @param ttftP95 of the requests that arrived in it, seconds; NaN without any
    /// @param itlP95 of the same, seconds
    /// @param goodShare of the same; NaN without any
    /// @param note why the counts changed; empty when they did not
    public record Point(
            double atSeconds,
            double arrivedRps,
            int prefill,
            int decode,
            int prefillReadyGpus,
            int decodeReadyGpus,
            int movingGpus,
            int switchingGpus,
            double ttftP95,
            double itlP95,
            double goodShare,
            String note) {}

    /// Share of the offered requests that were good.
    public double attainment() {
        return offered == 0 ? 0 : (double) good / offered;
    }
}
