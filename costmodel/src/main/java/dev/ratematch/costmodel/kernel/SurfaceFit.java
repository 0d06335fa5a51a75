package dev.ratematch.costmodel.kernel;

import java.util.BitSet;
import java.util.List;

/// Fits a [Surface] to scattered measurements: least squares on the logarithms with a penalty on
/// curvature along every axis, which fills what was not measured, and weights that fade for
/// outliers, so that the median counts rather than the mean. A penalty on the twist of any two axes
/// draws a surface towards a sum of curves, one an axis.
///
/// The normal equations are solved by conjugate gradients with a diagonal preconditioner. Single
/// threaded and in fixed order: equal samples give equal surfaces.
final class SurfaceFit {

    private static final double SMOOTHNESS = 3e-3;
    private static final double RIDGE = 1e-6;
    private static final double OUTLIER = 0.02;
    private static final int ROUNDS = 3;
    private static final int ITERATIONS_MAX = 3000;
    private static final double TOLERANCE = 1e-6;
    private static final double[] PAIR = {-0.3, 0.3, 0};

    private final Grid grid;
    private final int[][] node;
    private final double[][] weight;
    private final double[] target;
    private final double[] trust;
    private final double[][][] stencils;
    private final double twist;

    private SurfaceFit(Grid grid, List<double[]> positions, double[] target, double twist) {
        this.grid = grid;
        this.target = target;
        this.twist = twist;
        int n = positions.size();
        this.node = new int[n][grid.corners()];
        this.weight = new double[n][grid.corners()];
        this.trust = new double[n];
        for (int i = 0; i < n; i++) {
            grid.locate(positions.get(i), node[i], weight[i]);
            trust[i] = 1;
        }
        this.stencils = new double[grid.dimensions()][][];
        for (int d = 0; d < stencils.length; d++) {
            double[] axis = grid.axes()[d];
            stencils[d] = new double[axis.length][];
            for (int i = 1; i < axis.length - 1; i++) {
                stencils[d][i] = stencil(axis, i);
            }
        }
    }

    /// The surface through logarithms at positions.
    ///
    /// @param twist weight of the penalty on twist; 0 for none
    static Surface fit(Grid grid, List<double[]> positions, double[] target, double twist) {
        var fit = new SurfaceFit(grid, positions, target, twist);
        double[] values = new double[grid.nodes()];
        for (int round = 0; round < ROUNDS; round++) {
            values = fit.solve(values);
            fit.distrust(values);
        }
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) Math.rint(values[i] * Surface.STEPS) / Surface.STEPS;
        }
        return new Surface(grid, rounded, fit.measured());
    }

    private BitSet measured() {
        var set = new BitSet(grid.nodes());
        for (int i = 0; i < node.length; i++) {
            for (int c = 0; c < node[i].length; c++) {
                if (weight[i][c] > Surface.MEETS) {
                    set.set(node[i][c]);
                }
            }
        }
        return set;
    }

    private double at(int sample, double[] values) {
        double sum = 0;
        for (int c = 0; c < node[sample].length; c++) {
            sum += weight[sample][c] * values[node[sample][c]];
        }
        return sum;
    }

    private void distrust(double[] values) {
        for (int i = 0; i < target.length; i++) {
            double miss = Math.abs(target[i] - at(i, values));
            trust[i] = OUTLIER / Math.max(OUTLIER, miss);
        }
    }

    private double[] solve(double[] start) {
        int n = grid.nodes();
        double[] right = new double[n];
        double[] diagonal = diagonal();
        for (int i = 0; i < target.length; i++) {
            for (int c = 0; c < node[i].length; c++) {
                right[node[i][c]] += trust[i] * weight[i][c] * target[i];
            }
        }
        double[] x = start.clone();
        double[] r = apply(x);
        double limit = 0;
        for (int k = 0; k < n; k++) {
            r[k] = right[k] - r[k];
            limit += right[k] * right[k];
        }
        limit *= TOLERANCE * TOLERANCE;
        double[] p = new double[n];
        double rho = 0;
        for (int iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
            double next = 0;
            double norm = 0;
            for (int k = 0; k < n; k++) {
                next += r[k] * r[k] / diagonal[k];
                norm += r[k] * r[k];
            }
            if (norm <= limit) {
                break;
            }
            for (int k = 0; k < n; k++) {
                p[k] = r[k] / diagonal[k] + (iteration == 0 ? 0 : next / rho * p[k]);
            }
            rho = next;
            double[] q = apply(p);
            double along = 0;
            for (int k = 0; k < n; k++) {
                along += p[k] * q[k];
            }
            double step = rho / along;
            for (int k = 0; k < n; k++) {
                x[k] += step * p[k];
                r[k] -= step * q[k];
            }
        }
        return x;
    }

    private double[] apply(double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < target.length; i++) {
            double value = trust[i] * at(i, x);
            for (int c = 0; c < node[i].length; c++) {
                y[node[i][c]] += weight[i][c] * value;
            }
        }
        for (int k = 0; k < x.length; k++) {
            y[k] += RIDGE * x[k];
        }
        bends(
                (a, b, c, stencil) -> {
                    double bend =
                            SMOOTHNESS
                                    * (stencil[0] * x[a] + stencil[1] * x[b] + stencil[2] * x[c]);
                    y[a] += stencil[0] * bend;
                    y[b] += stencil[1] * bend;
                    y[c] += stencil[2] * bend;
                });
        twists(
                (here, along, across, both) -> {
                    double torn = twist * (x[here] - x[along] - x[across] + x[both]);
                    y[here] += torn;
                    y[along] -= torn;
                    y[across] -= torn;
                    y[both] += torn;
                });
        return y;
    }

    private double[] diagonal() {
        double[] y = new double[grid.nodes()];
        for (int i = 0; i < target.length; i++) {
            for (int c = 0; c < node[i].length; c++) {
                y[node[i][c]] += trust[i] * weight[i][c] * weight[i][c];
            }
        }
        for (int k = 0; k < y.length; k++) {
            y[k] += RIDGE;
        }
        bends(
                (a, b, c, stencil) -> {
                    y[a] += SMOOTHNESS * stencil[0] * stencil[0];
                    y[b] += SMOOTHNESS * stencil[1] * stencil[1];
                    y[c] += SMOOTHNESS * stencil[2] * stencil[2];
                });
        twists(
                (here, along, across, both) -> {
                    y[here] += twist;
                    y[along] += twist;
                    y[across] += twist;
                    y[both] += twist;
                });
        return y;
    }

    private interface Bend {
        void at(int before, int here, int after, double[] stencil);
    }

    /// Visits every three neighbours along every axis with the weights of their second difference.
    /// Two nodes alone on an axis are drawn together instead: their first difference counts.
    private void bends(Bend bend) {
        for (int d = 0; d < grid.dimensions(); d++) {
            double[] axis = grid.axes()[d];
            int stride = grid.stride(d);
            for (int k = 0; k < grid.nodes(); k++) {
                int i = k / stride % axis.length;
                if (axis.length == 2 && i == 0) {
                    bend.at(k, k + stride, k, PAIR);
                } else if (i > 0 && i < axis.length - 1) {
                    bend.at(k - stride, k, k + stride, stencils[d][i]);
                }
            }
        }
    }

    private interface Twist {
        void at(int here, int along, int across, int both);
    }

    /// Visits the four corners of every cell in every plane of two axes.
    private void twists(Twist visitor) {
        if (twist == 0) {
            return;
        }
        for (int d = 0; d < grid.dimensions(); d++) {
            for (int e = d + 1; e < grid.dimensions(); e++) {
                int along = grid.stride(d);
                int across = grid.stride(e);
                for (int k = 0; k < grid.nodes(); k++) {
                    boolean inner =
                            k / along % grid.axes()[d].length < grid.axes()[d].length - 1
                                    && k / across % grid.axes()[e].length
                                            < grid.axes()[e].length - 1;
                    if (inner) {
                        visitor.at(k, k + along, k + across, k + along + across);
                    }
                }
            }
        }
    }

    private static double[] stencil(double[] axis, int i) {
        double before = axis[i] - axis[i - 1];
        double after = axis[i + 1] - axis[i];
        double scale = StrictMath.sqrt((before + after) / 2);
        return new double[] {scale / before, -scale / before - scale / after, scale / after};
    }
}
