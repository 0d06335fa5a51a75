package dev.ratematch.costmodel.kernel;

import java.util.Arrays;

/// A rectangular grid over up to a few axes, linear between its nodes and constant beyond its ends.
///
/// Positions are logarithms of sizes, so "linear" means a power law between two nodes.
final class Grid {

    private final double[][] axes;
    private final int[] strides;
    private final int nodes;

    Grid(double[][] axes) {
        this.axes = axes;
        this.strides = new int[axes.length];
        int count = 1;
        for (int d = axes.length - 1; d >= 0; d--) {
            strides[d] = count;
            count *= axes[d].length;
        }
        this.nodes = count;
    }

    double[][] axes() {
        return axes;
    }

    int dimensions() {
        return axes.length;
    }

    int nodes() {
        return nodes;
    }

    int stride(int dimension) {
        return strides[dimension];
    }

    /// Corners of the cell around a position.
    int corners() {
        return 1 << axes.length;
    }

    /// Whether a position lies beyond an end of some axis.
    boolean outside(double[] position) {
        for (int d = 0; d < axes.length; d++) {
            double slack = 1e-9;
            double[] axis = axes[d];
            if (position[d] < axis[0] - slack || position[d] > axis[axis.length - 1] + slack) {
                return true;
            }
        }
        return false;
    }

    /// Writes the nodes around a position and their weights; the weights add up to one.
    void locate(double[] position, int[] node, double[] weight) {
        Arrays.fill(node, 0);
        Arrays.fill(weight, 1);
        for (int d = 0; d < axes.length; d++) {
            double[] axis = axes[d];
            int i = cell(axis, position[d]);
            double share =
                    axis.length == 1
                            ? 0
                            : Math.clamp((position[d] - axis[i]) / (axis[i + 1] - axis[i]), 0, 1);
            int step = axis.length == 1 ? 0 : strides[d];
            for (int c = 0; c < node.length; c++) {
                boolean upper = ((c >> d) & 1) == 1;
                node[c] += i * strides[d] + (upper ? step : 0);
                weight[c] *= upper ? share : 1 - share;
            }
        }
    }

    private static int cell(double[] axis, double x) {
        if (axis.length == 1) {
            return 0;
        }
        int low = 0;
        int high = axis.length - 1;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (axis[middle] <= x) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
