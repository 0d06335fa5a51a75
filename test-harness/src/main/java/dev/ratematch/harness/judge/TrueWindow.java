package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.plant.Cluster;
import dev.ratematch.harness.plant.PoolLoad;
import dev.ratematch.harness.traffic.Trace;

/// What really arrived in one control cycle, and what the pools have in hand at its end.
///
/// @param seconds length of the window
/// @param arrived requests
/// @param completed requests
/// @param inputMean mean ISL of the arrivals, tokens; 0 without arrivals
/// @param inputCv2 its squared coefficient of variation
/// @param uncachedMean mean ISL less prefix hits, tokens
/// @param outputMean mean OSL of the arrivals, tokens
/// @param outputCv2 its squared coefficient of variation
/// @param ttftMean mean time to first token of the arrivals, those still waiting counted with their
///   wait so far, seconds
/// @param prefill what prefill has in hand
/// @param decode what decode has in hand
public record TrueWindow(
        double seconds,
        int arrived,
        int completed,
        double inputMean,
        double inputCv2,
        double uncachedMean,
        double outputMean,
        double outputCv2,
        double ttftMean,
        PoolLoad prefill,
        PoolLoad decode) {

    /// Requests per second.
    public double rate() {
        return arrived / seconds;
    }

    /// Looks at the arrivals `[from, to)` of a trace.
    static TrueWindow of(
            Trace trace, int from, int to, int completed, double seconds, Cluster cluster) {
        double in = 0;
        double inSquares = 0;
        double out = 0;
        double outSquares = 0;
        double cached = 0;
        double prefilled = 0;
        double waited = 0;
        for (int i = from; i < to; i++) {
            var request = trace.requests().get(i);
            double isl = request.inputTokens();
            double osl = request.outputTokens();
            in += isl;
            inSquares += isl * isl;
            out += osl;
            outSquares += osl * osl;
            long first = cluster.log().firstTokenNanos(i);
            long until = first < 0 ? cluster.nowNanos() : first;
            waited += (until - request.arrivalNanos()) / 1e9;
            int hit = cluster.log().cachedTokens(i);
            if (hit >= 0) {
                cached += hit;
                prefilled += isl;
            }
        }
        int n = to - from;
        double hitShare = prefilled == 0 ? 0 : cached / prefilled;
        return new TrueWindow(
                seconds,
                n,
                completed,
                n == 0 ? 0 : in / n,
                cv2(n, in, inSquares),
                n == 0 ? 0 : in / n * (1 - hitShare),
                n == 0 ? 0 : out / n,
                cv2(n, out, outSquares),
                n == 0 ? 0 : waited / n,
                cluster.load(Role.PREFILL),
                cluster.load(Role.DECODE));
    }

    private static double cv2(int n, double sum, double squares) {
        return n < 2 ? 0 : Math.max(0, n * squares / (sum * sum) - 1);
    }
}
