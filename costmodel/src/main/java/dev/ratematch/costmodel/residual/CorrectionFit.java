package dev.ratematch.costmodel.residual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Fits a [Correction]: ridge regression of the log ratio on group memberships, and weights that
/// fade for outliers, so that the median counts.
///
/// The ridge is what makes narrow groups lean on wide ones: a group of few observations keeps a
/// small correction of its own.
public final class CorrectionFit {

    private static final double SCALE_RIDGE = 1;
    private static final double LOAD_RIDGE = 8;
    private static final double OUTLIER = 0.05;
    private static final int ROUNDS = 6;

    private final List<Observation> observations;
    private final int features;
    private final double[] means;
    private final Map<String, Integer> index = new TreeMap<>();
    private final List<int[]> members = new ArrayList<>();

    private CorrectionFit(List<Observation> observations) {
        this.observations = observations;
        this.features = observations.getFirst().load().size();
        this.means = new double[features];
        for (Observation o : observations) {
            for (int f = 0; f < features; f++) {
                means[f] += o.load().get(f) / observations.size();
            }
        }
        index.put("all", 0);
        for (Observation o : observations) {
            var groups = new ArrayList<Integer>(List.of(0));
            for (String group : o.traits().groups()) {
                groups.add(index.computeIfAbsent(group, g -> index.size()));
            }
            members.add(groups.stream().mapToInt(i -> i).toArray());
        }
    }

    /// The correction that observations teach; none from no observation.
    public static Correction fit(List<Observation> observations) {
        return observations.isEmpty()
                ? Correction.NONE
                : new CorrectionFit(observations).correction();
    }

    private Correction correction() {
        int width = 1 + features;
        int n = index.size() * width;
        double[] weight = new double[observations.size()];
        Arrays.fill(weight, 1);
        double[] solution = new double[n];
        for (int round = 0; round < ROUNDS; round++) {
            solution = solve(n, weight);
            for (int i = 0; i < weight.length; i++) {
                double miss = Math.abs(observations.get(i).logRatio() - at(i, solution));
                weight[i] = OUTLIER / Math.max(OUTLIER, miss);
            }
        }
        var groups = new LinkedHashMap<String, List<Double>>();
        for (var entry : index.entrySet()) {
            var terms = new ArrayList<Double>();
            for (int f = 0; f < width; f++) {
                terms.add(Math.rint(solution[entry.getValue() * width + f] * 1e4) / 1e4);
            }
            groups.put(entry.getKey(), terms);
        }
        var centre = new ArrayList<Double>();
        for (double mean : means) {
            centre.add(Math.rint(mean * 1e4) / 1e4);
        }
        return new Correction(centre, groups);
    }

    private double term(int observation, int f) {
        return f == 0 ? 1 : observations.get(observation).load().get(f - 1) - means[f - 1];
    }

    private double at(int observation, double[] solution) {
        double sum = 0;
        for (int group : members.get(observation)) {
            for (int f = 0; f <= features; f++) {
                sum += solution[group * (1 + features) + f] * term(observation, f);
            }
        }
        return sum;
    }

    private double[] solve(int n, double[] weight) {
        double[][] a = new double[n][n];
        double[] right = new double[n];
        int width = 1 + features;
        for (int k = 0; k < n; k++) {
            boolean everybody = k < width;
            a[k][k] = k % width == 0 ? (everybody ? 1e-6 : SCALE_RIDGE) : LOAD_RIDGE;
        }
        for (int i = 0; i < observations.size(); i++) {
            int[] columns = new int[members.get(i).length * width];
            double[] values = new double[columns.length];
            for (int g = 0; g < members.get(i).length; g++) {
                for (int f = 0; f < width; f++) {
                    columns[g * width + f] = members.get(i)[g] * width + f;
                    values[g * width + f] = term(i, f);
                }
            }
            double target = observations.get(i).logRatio();
            for (int x = 0; x < columns.length; x++) {
                right[columns[x]] += weight[i] * values[x] * target;
                for (int y = 0; y < columns.length; y++) {
                    a[columns[x]][columns[y]] += weight[i] * values[x] * values[y];
                }
            }
        }
        return cholesky(a, right);
    }

    /// Solves `a x = b` for a symmetric positive definite matrix, which it overwrites.
    private static double[] cholesky(double[][] a, double[] b) {
        int n = b.length;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= a[i][k] * a[j][k];
                }
                a[i][j] = i == j ? StrictMath.sqrt(sum) : sum / a[j][j];
            }
        }
        double[] x = b.clone();
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                x[i] -= a[i][k] * x[k];
            }
            x[i] /= a[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                x[i] -= a[k][i] * x[k];
            }
            x[i] /= a[i][i];
        }
        return x;
    }
}
