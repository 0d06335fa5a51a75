package dev.ratematch.costmodel.residual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Fits a [Correction]: ridge regression of the log ratio of measured to modelled on the groups
/// that a deployment belongs to.
public final class CorrectionFit {

    private static final double SCALE_RIDGE = 1;
    private static final double LOAD_RIDGE = 2;
    private static final double OUTLIER = 0.05;

    private CorrectionFit() {}

    /// The correction that observations teach; none from no observation.
    public static Correction fit(List<Observation> observations) {
        if (observations.isEmpty()) {
            return Correction.NONE;
        }
        int features = observations.getFirst().load().size();
        var means = new ArrayList<Double>();
        for (int f = 0; f < features; f++) {
            int feature = f;
            double mean =
                    observations.stream()
                            .mapToDouble(o -> o.load().get(feature))
                            .average()
                            .orElseThrow();
            means.add(Math.rint(mean * 1e4) / 1e4);
        }
        double[] ridge = new double[1 + features];
        Arrays.fill(ridge, LOAD_RIDGE);
        ridge[0] = SCALE_RIDGE;
        var regression = new GroupRidge(ridge, OUTLIER);
        for (Observation o : observations) {
            double[] values = new double[1 + features];
            values[0] = 1;
            for (int f = 0; f < features; f++) {
                values[f + 1] = o.load().get(f) - means.get(f);
            }
            regression.add(o.traits().groups(), values, o.logRatio());
        }
        return new Correction(means, regression.solve());
    }
}
