package dev.ratematch.costmodel.residual;

import dev.ratematch.costmodel.kernel.Confidence;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A factor on a modelled figure: `ln factor = sum over groups (a_g + sum_f b_gf (x_f - mean_f))`.
///
/// The a are scales; the b let the factor fall or rise with load, as a constant overhead does.
///
/// @param means centre of each load figure
/// @param groups by name: a, then one b a load figure; the group `all` is everybody's
public record Correction(List<Double> means, Map<String, List<Double>> groups) {

    /// Bound on the logarithm of the factor, and on how far a load may lie from the centre.
    private static final double LOG_MAX = 2.5;

    private static final double LOAD_MAX = 6;

    /// No correction.
    public static final Correction NONE = new Correction(List.of(), Map.of());

    public Correction {
        means = List.copyOf(means);
        groups = new TreeMap<>(groups);
    }

    /// The factor for a deployment.
    ///
    /// @param load in the order of the means
    public double factor(Traits traits, List<Double> load) {
        double sum = of("all", load);
        for (String group : traits.groups()) {
            sum += of(group, load);
        }
        return StrictMath.exp(Math.clamp(sum, -LOG_MAX, LOG_MAX));
    }

    private double of(String group, List<Double> load) {
        List<Double> terms = groups.get(group);
        if (terms == null) {
            return 0;
        }
        double sum = terms.getFirst();
        for (int f = 0; f < means.size(); f++) {
            double x = Math.clamp(load.get(f) - means.get(f), -LOAD_MAX, LOAD_MAX);
            sum += terms.get(f + 1) * x;
        }
        return sum;
    }

    /// Whether that kind of deployment was among the measured ones.
    public Confidence confidence(Traits traits) {
        return groups.containsKey(traits.whole()) ? Confidence.FITTED : Confidence.TRANSFERRED;
    }
}
