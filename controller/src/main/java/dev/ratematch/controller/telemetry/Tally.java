package dev.ratematch.controller.telemetry;

import dev.ratematch.controller.observe.Reading;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// A histogram over a window, or why there is none.
///
/// @param problem what every reading of it is, when it could not be read
/// @param ageSeconds of the newest scrape behind it
public record Tally(Histogram histogram, @Nullable Reading problem, double ageSeconds) {

    /// Nothing, and why.
    static Tally none(Reading why) {
        return new Tally(Histogram.EMPTY, why, 0);
    }

    /// The observations of both, as far as either could be read.
    Tally plus(Tally other) {
        if (problem != null || other.problem != null) {
            return problem != null ? other : this;
        }
        return new Tally(
                histogram.plus(other.histogram), null, Math.max(ageSeconds, other.ageSeconds));
    }

    /// The same with each observation in so many equal parts.
    Tally split(double parts) {
        return new Tally(histogram.split(parts), problem, ageSeconds);
    }

    /// Whether it could be read, with or without observations in it.
    public boolean readable() {
        return problem == null;
    }

    /// Number of observations.
    public Reading count() {
        return problem != null ? problem : new Reading.Value(histogram.count(), ageSeconds);
    }

    /// Sum over count.
    public Reading mean() {
        return reading(histogram.mean());
    }

    /// Squared coefficient of variation.
    public Reading cv2() {
        return reading(histogram.cv2());
    }

    /// The value below which this many percent lie.
    public Reading quantile(double percent) {
        return reading(histogram.quantile(percent / 100));
    }

    private Reading reading(OptionalDouble value) {
        if (problem != null) {
            return problem;
        }
        if (histogram.count() == 0) {
            return new Reading.NoTraffic();
        }
        if (value.isEmpty()) {
            return new Reading.Unknown("its histogram has no finite buckets");
        }
        return Numbers.measurable(value.getAsDouble())
                ? new Reading.Value(value.getAsDouble(), ageSeconds)
                : new Reading.Unknown("what its histogram comes to is no number");
    }
}
