package dev.ratematch.experiments.plant;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.Speculation;
import dev.ratematch.harness.traffic.Trace;
import java.util.Arrays;

/// What a fixed pair of pools makes of a trace, request by request.
///
/// @param ttft times to first token, seconds, ascending; infinite for those that had none
/// @param exposed transfer that prefill did not hide, seconds, ascending
/// @param hitShare prompt tokens that were found in a prefix cache, share of all
/// @param good share of the requests served as promised
@SuppressWarnings("ArrayRecordComponent") // never compared by value
public record SteadyRun(double[] ttft, double[] exposed, double hitShare, double good) {

    private static final double SECONDS = 1e9;

    /// Ten minutes more than the trace, as the judge allows.
    private static final long AFTER_NANOS = 600_000_000_000L;

    /// Runs a trace to ten minutes after its end.
    ///
    /// @param warmSeconds requests that come before are not counted
    public static SteadyRun of(
            PlantSettings plant,
            Trace trace,
            Episode.Pair pair,
            Slo slo,
            Speculation speculation,
            double warmSeconds) {
        var cluster = new Cluster(plant, trace);
        cluster.speculate(speculation);
        cluster.scale(Role.PREFILL, pair.prefill());
        cluster.scale(Role.DECODE, pair.decode());
        cluster.runUntil(trace.durationNanos() + AFTER_NANOS);
        var log = cluster.log();
        int from = trace.firstAt(Math.round(warmSeconds * SECONDS));
        int count = trace.requests().size() - from;
        var ttft = new double[count];
        var exposed = new double[count];
        double prompt = 0;
        double cached = 0;
        int good = 0;
        for (int i = 0; i < count; i++) {
            var request = trace.requests().get(from + i);
            long first = log.firstTokenNanos(from + i);
            long end = log.endNanos(from + i);
            long late = log.exposedTransferNanos(from + i);
            ttft[i] =
                    first < 0
                            ? Double.POSITIVE_INFINITY
                            : (first - request.arrivalNanos()) / SECONDS;
            exposed[i] = late < 0 ? Double.POSITIVE_INFINITY : late / SECONDS;
            int gaps = request.outputTokens() - 1;
            double itl = end < 0 ? Double.POSITIVE_INFINITY : (end - first) / SECONDS;
            good +=
                    ttft[i] <= slo.ttftSeconds() && (gaps == 0 || itl / gaps <= slo.itlSeconds())
                            ? 1
                            : 0;
            prompt += request.inputTokens();
            cached += Math.max(0, log.cachedTokens(from + i));
        }
        Arrays.sort(ttft);
        Arrays.sort(exposed);
        return new SteadyRun(ttft, exposed, cached / prompt, (double) good / count);
    }

    /// A quantile by nearest rank.
    public static double quantile(double[] ascending, double q) {
        int rank = (int) Math.ceil(q * ascending.length) - 1;
        return ascending[Math.clamp(rank, 0, ascending.length - 1)];
    }
}
