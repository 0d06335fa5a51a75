package dev.ratematch.controller.telemetry;

import static dev.ratematch.controller.telemetry.ReadingMath.map;

import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.TrafficReading.Bucket;
import org.jspecify.annotations.Nullable;

/// A latency as read: its mean, its quantile, and the bucket in which that lies.
///
/// @param mean seconds
/// @param quantile seconds
/// @param bucket that the quantile is interpolated in; null where there is none
record Latency(Reading mean, Reading quantile, @Nullable Bucket bucket) {

    /// As one source tells it.
    ///
    /// @param percent of the quantile
    static Latency of(Tally tally, double percent) {
        return new Latency(
                tally.mean(),
                tally.quantile(percent),
                tally.readable() ? tally.histogram().bucket(percent / 100).orElse(null) : null);
    }

    /// With the quantile of another source of the same latency, where that has the finer bucket at
    /// it. Buckets that have nothing in common are of different things: the own stands.
    Latency finer(Tally other, double percent) {
        var its = of(other, percent);
        boolean finer =
                bucket != null
                        && its.bucket != null
                        && width(its.bucket) < width(bucket)
                        && its.bucket.lower() < bucket.upper()
                        && bucket.lower() < its.bucket.upper();
        return finer ? new Latency(mean, its.quantile, its.bucket) : this;
    }

    /// The same in other units.
    Latency times(double factor) {
        return factor == 1
                ? this
                : new Latency(
                        map(mean, seconds -> seconds * factor),
                        map(quantile, seconds -> seconds * factor),
                        bucket == null
                                ? null
                                : new Bucket(
                                        bucket.lower() * factor,
                                        bucket.upper() * factor,
                                        bucket.count()));
    }

    /// With so much more of it, as far as that is known.
    Latency plus(Reading more) {
        double by = more.orElse(0);
        return new Latency(
                map(mean, seconds -> seconds + by),
                map(quantile, seconds -> seconds + by),
                bucket == null
                        ? null
                        : new Bucket(bucket.lower() + by, bucket.upper() + by, bucket.count()));
    }

    private static double width(Bucket bucket) {
        return bucket.upper() - bucket.lower();
    }
}
