package dev.ratematch.experiments.plant;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Prefix hits and waiting around a move that brings prefill replicas with empty caches.
public final class ColdRun {

    private static final double SECONDS = 1e9;
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private ColdRun() {}

    /// The requests that arrived in one minute.
    ///
    /// @param minute since the start of the trace
    /// @param hitShare of their prompt tokens
    /// @param ttft kept by 95 % of them, seconds
    public record Minute(int minute, double hitShare, double ttft) {}

    /// Plays a trace, moving from one pair to another.
    ///
    /// @param atSeconds when the other is commanded
    public static List<Minute> of(
            Testbed bed, Trace trace, Episode.Pair before, Episode.Pair after, double atSeconds) {
        var cluster = new Cluster(bed.plant(), trace);
        cluster.scale(Role.PREFILL, before.prefill());
        cluster.scale(Role.DECODE, before.decode());
        cluster.runUntil(Math.round(atSeconds * SECONDS));
        cluster.scale(Role.PREFILL, after.prefill());
        cluster.scale(Role.DECODE, after.decode());
        cluster.runUntil(trace.durationNanos() + 10 * MINUTE_NANOS);
        var log = cluster.log();
        var minutes = new ArrayList<Minute>();
        for (int m = 0; m * MINUTE_NANOS < trace.durationNanos(); m++) {
            int from = trace.firstAt(m * MINUTE_NANOS);
            int to = trace.firstAt((m + 1) * MINUTE_NANOS);
            double prompt = 0;
            double cached = 0;
            var ttft = new double[to - from];
            for (int i = from; i < to; i++) {
                var request = trace.requests().get(i);
                prompt += request.inputTokens();
                cached += Math.max(0, log.cachedTokens(i));
                long first = log.firstTokenNanos(i);
                ttft[i - from] =
                        first < 0
                                ? Double.POSITIVE_INFINITY
                                : (first - request.arrivalNanos()) / SECONDS;
            }
            if (to > from) {
                Arrays.sort(ttft);
                minutes.add(new Minute(m, cached / prompt, SteadyRun.quantile(ttft, 0.95)));
            }
        }
        return minutes;
    }
}
