package dev.ratematch.costmodel.residual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Ridge regression in which every row belongs to several groups and a coefficient is the sum of
/// its groups' shares; weights fade for outliers, so that the median counts.
///
/// The ridge is what makes narrow groups lean on wide ones: a group of few rows keeps a small share
/// of its own.
final class GroupRidge {

    /// The group of everybody, hardly held back.
    static final String ALL = "all";

    private static final double FREE = 1e-6;
    private static final int ROUNDS = 6;

    private final double[] ridge;
    private final double outlier;
    private final Map<String, Integer> index = new TreeMap<>();
    private final List<int[]> members = new ArrayList<>();
    private final List<double[]> rows = new ArrayList<>();
    private final List<Double> targets = new ArrayList<>();

    /// @param ridge what holds each coefficient back in all groups but that of everybody
    /// @param outlier miss above which a row counts less
    GroupRidge(double[] ridge, double outlier) {
        this.ridge = ridge.clone();
        this.outlier = outlier;
        index.put(ALL, 0);
    }

    /// Adds a row of values, one a coefficient, and what their weighted sum should be.
    void add(List<String> groups, double[] values, double target) {
        int[] member = new int[groups.size() + 1];
        for (int g = 0; g < groups.size(); g++) {
            member[g + 1] = index.computeIfAbsent(groups.get(g), name -> index.size());
        }
        members.add(member);
        rows.add(values.clone());
        targets.add(target);
    }

    /// Shares by group, one a coefficient, rounded to 1e-4.
    Map<String, List<Double>> solve() {
        int width = ridge.length;
        int n = index.size() * width;
        double[] weight = new double[rows.size()];
        Arrays.fill(weight, 1);
        double[] solution = new double[n];
        for (int round = 0; round < ROUNDS; round++) {
            solution = solve(n, weight);
            for (int i = 0; i < weight.length; i++) {
                double miss = Math.abs(targets.get(i) - at(i, solution));
                weight[i] = outlier / Math.max(outlier, miss);
            }
        }
        var shares = new TreeMap<String, List<Double>>();
        for (var entry : index.entrySet()) {
            var terms = new ArrayList<Double>();
            for (int f = 0; f < width; f++) {
                terms.add(Math.rint(solution[entry.getValue() * width + f] * 1e4) / 1e4);
            }
            shares.put(entry.getKey(), terms);
        }
        return shares;
    }

    private double at(int row, double[] solution) {
        double sum = 0;
        for (int group : members.get(row)) {
            for (int f = 0; f < ridge.length; f++) {
                sum += solution[group * ridge.length + f] * rows.get(row)[f];
            }
        }
        return sum;
    }

    private double[] solve(int n, double[] weight) {
        int width = ridge.length;
        double[][] a = new double[n][n];
        double[] right = new double[n];
        for (int k = 0; k < n; k++) {
            a[k][k] = k < width ? FREE : ridge[k % width];
        }
        for (int i = 0; i < rows.size(); i++) {
            for (int g : members.get(i)) {
                for (int f = 0; f < width; f++) {
                    double x = weight[i] * rows.get(i)[f];
                    right[g * width + f] += x * targets.get(i);
                    for (int h : members.get(i)) {
                        for (int e = 0; e < width; e++) {
                            a[g * width + f][h * width + e] += x * rows.get(i)[e];
                        }
                    }
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
