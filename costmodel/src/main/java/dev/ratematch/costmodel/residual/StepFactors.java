package dev.ratematch.costmodel.residual;

import dev.ratematch.costmodel.phase.Engine;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How much longer an engine's iterations take than their kernels: one factor for plain decode
/// steps, one for iterations that carry prefill. The prior of the online residual.
///
/// @param groups shares by group: decode, prefill; added to one
public record StepFactors(Map<String, List<Double>> groups) {

    /// Kernels as they are.
    public static final StepFactors NONE = new StepFactors(Map.of());

    private static final double LEAST = 0.4;
    private static final double MOST = 2.5;
    private static final double RIDGE = 1;

    /// A model further off than that was asked about another deployment than the one measured.
    private static final double EXPLAINED_MAX = 3;

    private static final double OUTLIER = 0.05;

    public StepFactors {
        groups = new TreeMap<>(groups);
    }

    /// A measured TPOT and what the kernels say it is made of.
    ///
    /// @param decodeSeconds share of plain decode steps in the modelled TPOT
    /// @param prefillSeconds share of iterations that carry prefill
    /// @param tpotSeconds measured
    public record Sample(
            Traits traits, double decodeSeconds, double prefillSeconds, double tpotSeconds) {}

    /// The factors that measured deployments teach: `tpot = d decode + p prefill`, by relative
    /// errors, shrunk towards one and towards wider groups. Samples that no engine explains are
    /// left out: a single one would else make the factor of its model.
    public static StepFactors fit(List<Sample> samples) {
        var regression = new GroupRidge(new double[] {RIDGE, RIDGE}, OUTLIER);
        for (Sample s : samples) {
            double decode = s.decodeSeconds() / s.tpotSeconds();
            double prefill = s.prefillSeconds() / s.tpotSeconds();
            if (decode + prefill > EXPLAINED_MAX || decode + prefill < 1 / EXPLAINED_MAX) {
                continue;
            }
            regression.add(
                    s.traits().engineGroups(),
                    new double[] {decode, prefill},
                    1 - decode - prefill);
        }
        return new StepFactors(regression.solve());
    }

    /// The engine with these factors on its kernels.
    public Engine on(Engine engine, Traits traits) {
        return engine.adding(
                factor(traits, 1), engine.prefillOffsetSeconds(), factor(traits, 0), 0);
    }

    private double factor(Traits traits, int which) {
        double sum = 1 + of(GroupRidge.ALL, which);
        for (String group : traits.engineGroups()) {
            sum += of(group, which);
        }
        return Math.clamp(sum, LEAST, MOST);
    }

    private double of(String group, int which) {
        List<Double> terms = groups.get(group);
        return terms == null ? 0 : terms.get(which);
    }
}
