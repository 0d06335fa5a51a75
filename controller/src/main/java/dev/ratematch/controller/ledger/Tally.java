package dev.ratematch.controller.ledger;

import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.spec.ServiceSpec;
import java.util.OptionalDouble;

/// What some windows had, summed. What was not read is in no sum, so that nothing is zero that is
/// unknown.
///
/// @param windows that did not overlap
/// @param seconds they covered
/// @param arrived requests, of the windows where completed ones are known too
/// @param completed requests of the same windows
/// @param judged requests of windows whose latency is known
/// @param late those of them in windows over the promise, TTFT or ITL
public record Tally(
        int windows, double seconds, double arrived, double completed, double judged, double late) {

    /// No window.
    public static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0);

    /// One more window.
    Tally plus(ServiceSpec spec, Snapshot seen) {
        double length = seen.windowSeconds().orElse(0);
        var traffic = seen.traffic();
        double came = traffic.arrived().orElse(0);
        boolean both = traffic.arrived().known() && traffic.completed().known();
        var ttft =
                known(
                        traffic.ttftQuantileSeconds().measured(),
                        traffic.ttftMeanSeconds().measured());
        var itl =
                known(traffic.itlQuantileSeconds().measured(), traffic.itlMeanSeconds().measured());
        boolean latency = traffic.arrived().known() && (ttft.isPresent() || itl.isPresent());
        boolean over =
                ttft.orElse(0) > spec.slo().ttftSeconds()
                        || itl.orElse(0) > spec.slo().itlSeconds();
        return new Tally(
                windows + 1,
                seconds + length,
                arrived + (both ? came : 0),
                completed + (both ? traffic.completed().orElse(0) : 0),
                judged + (latency ? came : 0),
                late + (latency && over ? came : 0));
    }

    private static OptionalDouble known(OptionalDouble quantile, OptionalDouble mean) {
        return quantile.isPresent() ? quantile : mean;
    }

    /// Share of the requests that came in windows over the promise.
    public OptionalDouble lateShare() {
        return judged > 0 ? OptionalDouble.of(late / judged) : OptionalDouble.empty();
    }

    /// Share of the requests that came and were not finished in the same windows.
    public OptionalDouble unservedShare() {
        return arrived > 0
                ? OptionalDouble.of(Math.max(0, 1 - completed / arrived))
                : OptionalDouble.empty();
    }
}
