package dev.ratematch.costmodel.queue;

import java.util.function.DoubleBinaryOperator;

/// Prompts that wait for prefill: a bulk server, whose iteration takes what has arrived up to its
/// budget of tokens, priced as a queue of many servers on the marginal time of a prompt.
public final class PrefillQueue {

    private PrefillQueue() {}

    /// Seconds that one prompt adds to iterations that are full: `T(batch) / batch`.
    ///
    /// @param iteration seconds of an iteration by its tokens and by its squares `S^2 - P^2`
    /// @param prompts prompts of a full iteration; below 1 where a prompt takes several
    /// @param tokens tokens of a prompt that are computed
    /// @param squares squares of a prompt
    public static double marginalSeconds(
            DoubleBinaryOperator iteration, double prompts, double tokens, double squares) {
        return iteration.applyAsDouble(prompts * tokens, prompts * squares) / prompts;
    }

    /// Mean wait of a prompt, seconds: Allen and Cunneen's approximation of G/G/m with Sakasegawa's
    /// exponent, `W = s/m x (c_a^2 + c_s^2)/2 x rho^(sqrt(2(m+1)) - 1) / (1 - rho)`. Infinite at
    /// and above saturation.
    ///
    /// @param marginalSeconds seconds `s` that a prompt adds to a full iteration of one server
    /// @param servers servers `m`, each with iterations of its own
    /// @param promptsPerSecond arrivals at all of them
    /// @param variability mean of the squared coefficients of variation of arrivals and of work;
    ///   0.5 where prompts are alike and arrive as a Poisson process
    public static double waitSeconds(
            double marginalSeconds, double servers, double promptsPerSecond, double variability) {
        double busy = busy(marginalSeconds, servers, promptsPerSecond);
        if (busy >= 1) {
            return Double.POSITIVE_INFINITY;
        }
        double exponent = StrictMath.sqrt(2 * (servers + 1)) - 1;
        return marginalSeconds
                * variability
                * StrictMath.pow(busy, exponent)
                / (servers * (1 - busy));
    }

    /// Share `rho = lambda s / m` of the servers' time that is spoken for.
    public static double busy(double marginalSeconds, double servers, double promptsPerSecond) {
        return promptsPerSecond * marginalSeconds / servers;
    }

    /// What an arrival waits on average for the iteration that is in progress: half of it, as often
    /// as there is one.
    public static double inProgressSeconds(double iterationSeconds, double busy) {
        return iterationSeconds * busy / 2;
    }
}
