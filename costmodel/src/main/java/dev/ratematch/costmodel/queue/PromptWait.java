package dev.ratematch.costmodel.queue;

/// What a prompt waits until its own iteration begins. With the probability that no server is free
/// it waits for the first one to become so, and behind the prompts that no free iteration took.
///
/// One server is exact for prompts alike that come one at a time (M/D/1: `rho s/2 + rho^2 s / (2(1
/// - rho))`), and for servers that take whatever is there it is what remains of their iteration.
///
/// @param probability that a prompt finds no server free, 0 to 1
/// @param residualSeconds mean of what remains of the iteration that ends first, where it waits
/// @param queueSeconds mean of what those before it take, where it waits; infinite at saturation
public record PromptWait(double probability, double residualSeconds, double queueSeconds) {

    /// The wait at a rate below saturation.
    ///
    /// @param seenSeconds iteration that an arrival sees, see [#probability]
    /// @param marginalSeconds seconds `s` that a prompt adds to a full iteration of one server
    /// @param servers servers `m`
    /// @param promptsPerSecond arrivals at all of them
    /// @param variability mean of the squared coefficients of variation of arrivals and of work
    /// @param workCv2 squared coefficient of variation of work alone, by which long iterations are
    ///   met more often than short ones
    public static PromptWait of(
            double probability,
            double seenSeconds,
            double marginalSeconds,
            double servers,
            double promptsPerSecond,
            double variability,
            double workCv2) {
        double busy = PrefillQueue.busy(marginalSeconds, servers, promptsPerSecond);
        return new PromptWait(
                probability,
                seenSeconds * (1 + workCv2) / (servers + 1),
                busy >= 1
                        ? Double.POSITIVE_INFINITY
                        : variability * marginalSeconds * busy / (servers * (1 - busy)));
    }

    /// The probability that no server is free: a server is busy for as long as prompts come while
    /// it works, `x / (x + e^-x)` with `x` prompts an iteration, or as full iterations have it
    /// where that is more; all `m` are at once by Sakasegawa's exponent.
    ///
    /// @param busy share of the time that full iterations would take
    /// @param promptsPerIteration prompts that come to a server during an iteration
    /// @param servers servers `m`
    public static double probability(double busy, double promptsPerIteration, double servers) {
        double taken = promptsPerIteration + StrictMath.exp(-promptsPerIteration);
        double one = Math.min(1, Math.max(busy, promptsPerIteration / taken));
        return StrictMath.pow(one, StrictMath.sqrt(2 * (servers + 1)) - 1);
    }

    /// Mean wait, seconds.
    public double meanSeconds() {
        return probability * (residualSeconds + queueSeconds);
    }

    /// The wait that a share `q` of prompts does not exceed, seconds: nothing for those that find a
    /// server free; then an even residual and an exponential queue, both at the same quantile.
    public double quantileSeconds(double q) {
        double among = (q - (1 - probability)) / probability;
        return among <= 0
                ? 0
                : 2 * residualSeconds * among - queueSeconds * StrictMath.log(1 - among);
    }
}
