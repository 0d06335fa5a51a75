package dev.ratematch.costmodel.frontier.mix;

import dev.ratematch.costmodel.units.Check;

/// The paper's rate matching by the balance law: with requests per second and GPU `r_p` and `r_d`,
/// both pools are busy when prefill GPUs : decode GPUs is `rho* = r_d / r_p`. (Its Algorithm 2
/// prints the inverse as alpha and is then not consistent with itself.)
///
/// @param ratio rho*, prefill GPUs per decode GPU
/// @param numerator of the smallest fraction within the tolerance of `ratio`
/// @param denominator of it
/// @param prefillInstances workers of the smallest balanced cell
/// @param decodeInstances workers of it
/// @param tokensPerSecondPerGpu output tokens over the GPUs of both pools, in exact balance
public record RateMatch(
        double ratio,
        long numerator,
        long denominator,
        long prefillInstances,
        long decodeInstances,
        double tokensPerSecondPerGpu) {

    /// The paper's tolerance of the fraction.
    public static final double TOLERANCE = 0.03;

    /// Matches one kind of prefill worker with one kind of decode worker.
    ///
    /// @param outputTokens answer of a request
    public static RateMatch of(WorkerRate prefill, WorkerRate decode, double outputTokens) {
        double perPrefill = prefill.requestsPerSecondPerGpu();
        double perDecode = decode.requestsPerSecondPerGpu();
        double ratio = perDecode / perPrefill;
        long q = denominator(ratio, TOLERANCE);
        long p = Math.max(1, Math.round(ratio * q));
        long prefills = p * decode.gpus();
        long decodes = q * prefill.gpus();
        long common = gcd(prefills, decodes);
        return new RateMatch(
                ratio,
                p,
                q,
                prefills / common,
                decodes / common,
                tokensPerSecondPerGpu(perPrefill, perDecode, outputTokens));
    }

    /// Output tokens per second and GPU of both pools in balance: `OSL r_d / (1 + rho*)`.
    public static double tokensPerSecondPerGpu(
            double perPrefill, double perDecode, double outputTokens) {
        return perDecode * outputTokens / (1 + perDecode / perPrefill);
    }

    /// The smallest denominator with a numerator within `tolerance` of `ratio`.
    static long denominator(double ratio, double tolerance) {
        Check.positive("ratio", ratio);
        Check.within("tolerance", tolerance, 1e-6, 0.5);
        long q = 1;
        while (Math.abs(Math.max(1, Math.round(ratio * q)) / (ratio * q) - 1) > tolerance) {
            q++;
        }
        return q;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
