package dev.ratematch.costmodel.kernel;

/// A latency, what the hardware would allow, and how far the latency can be trusted.
///
/// @param micros latency, microseconds
/// @param rooflineMicros the least that the hardware allows, microseconds
/// @param confidence the least trustworthy ingredient
public record Estimate(double micros, double rooflineMicros, Confidence confidence) {

    /// Nothing to do.
    public static final Estimate NONE = new Estimate(0, 0, Confidence.FITTED);

    /// One after the other.
    public Estimate plus(Estimate other) {
        return new Estimate(
                micros + other.micros,
                rooflineMicros + other.rooflineMicros,
                confidence.and(other.confidence));
    }

    /// So many times.
    public Estimate times(double factor) {
        return new Estimate(factor * micros, factor * rooflineMicros, confidence);
    }

    /// Only that share of the time; the hardware allows what it did.
    public Estimate sooner(double share) {
        return new Estimate(Math.max(rooflineMicros, share * micros), rooflineMicros, confidence);
    }

    /// The same, trusted no more than that.
    public Estimate atMost(Confidence limit) {
        return new Estimate(micros, rooflineMicros, confidence.and(limit));
    }
}
