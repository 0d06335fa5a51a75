package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.plant.RequestLog;
import dev.ratematch.harness.traffic.Request;

/// Whether a request was served as promised.
final class Judged {

    private static final double SECONDS = 1e9;

    private Judged() {}

    /// TTFT in seconds; infinite when there was no first token.
    static double ttft(RequestLog log, int index, Request request) {
        long first = log.firstTokenNanos(index);
        return first < 0 ? Double.POSITIVE_INFINITY : (first - request.arrivalNanos()) / SECONDS;
    }

    /// Mean time between the tokens of a complete request, seconds; infinite when it is not
    /// complete, zero when it has one token only.
    static double itl(RequestLog log, int index, Request request) {
        long end = log.endNanos(index);
        if (end < 0) {
            return Double.POSITIVE_INFINITY;
        }
        int gaps = request.outputTokens() - 1;
        return gaps == 0 ? 0 : (end - log.firstTokenNanos(index)) / SECONDS / gaps;
    }

    static boolean good(RequestLog log, int index, Request request, Slo slo) {
        return ttft(log, index, request) <= slo.ttftSeconds()
                && itl(log, index, request) <= slo.itlSeconds();
    }
}
