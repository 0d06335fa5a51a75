package dev.ratematch.controller.observe;

import dev.ratematch.controller.observe.TrafficReading.Bucket;
import org.jspecify.annotations.Nullable;

/// The buckets of the histograms in which latency quantiles lie: a quantile may be anywhere in its
/// bucket.
///
/// @param ttft of TTFT, seconds; null where that is not read from buckets
/// @param itl of ITL, seconds; null where that is not read from buckets
public record Resolution(@Nullable Bucket ttft, @Nullable Bucket itl) {

    /// Nothing was read from buckets.
    public static final Resolution NONE = new Resolution(null, null);
}
