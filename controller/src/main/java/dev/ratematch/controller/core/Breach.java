package dev.ratematch.controller.core;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A promise that is measured to be broken, whatever the model thinks of it.
///
/// @param promise `TTFT` or `ITL`
/// @param mean measured, seconds
/// @param quantile measured at the promise's percentile, seconds
/// @param surely the least that the quantile can be, by the bucket that it lies in, seconds
/// @param promisedSeconds what was promised
public record Breach(
        String promise, Reading mean, Reading quantile, double surely, double promisedSeconds) {

    /// The promises that a snapshot shows to be broken, by the mean or at the percentile.
    static List<Breach> of(Slo slo, Snapshot snapshot) {
        var traffic = snapshot.traffic();
        return Stream.of(
                        new Breach(
                                "TTFT",
                                traffic.ttftMeanSeconds(),
                                traffic.ttftQuantileSeconds(),
                                least(traffic.resolution().ttft(), traffic.ttftQuantileSeconds()),
                                slo.ttftSeconds()),
                        new Breach(
                                "ITL",
                                traffic.itlMeanSeconds(),
                                traffic.itlQuantileSeconds(),
                                least(traffic.resolution().itl(), traffic.itlQuantileSeconds()),
                                slo.itlSeconds()))
                .filter(Breach::broken)
                .toList();
    }

    private static double least(@Nullable Bucket bucket, Reading quantile) {
        return bucket == null ? quantile.orElse(0) : bucket.lower();
    }

    private boolean broken() {
        return mean.orElse(0) > promisedSeconds || surely > promisedSeconds;
    }
}
