package dev.ratematch.costmodel.kernel;

import java.util.BitSet;
import java.util.function.IntPredicate;

/// The logarithm of how much longer a kernel takes than its reference, over the sizes of a launch.
/// Nodes that no measurement bears out are filled in smoothly and marked so.
final class Surface {

    /// Steps of one in the logarithm when a surface is written down: 0.2 % each.
    static final int STEPS = 512;

    private final Grid grid;
    private final float[] values;
    private final BitSet measured;

    /// @param grid positions of the nodes
    /// @param values one logarithm a node
    /// @param measured the nodes that measurements bear out
    Surface(Grid grid, float[] values, BitSet measured) {
        this.grid = grid;
        this.values = values;
        this.measured = measured;
        if (values.length != grid.nodes()) {
            throw new IllegalArgumentException(
                    "values (%d) must be one a node (%d).".formatted(values.length, grid.nodes()));
        }
    }

    /// The factor on the reference, as a logarithm.
    double at(double[] position) {
        int[] node = new int[grid.corners()];
        double[] weight = new double[grid.corners()];
        grid.locate(position, node, weight);
        double sum = 0;
        for (int c = 0; c < node.length; c++) {
            sum += weight[c] * values[node[c]];
        }
        return sum;
    }

    /// Whether measurements surround a position.
    boolean covers(double[] position) {
        return everyCorner(position, this::borneOut);
    }

    /// Whether every node around a position was measured itself: nothing was filled in.
    boolean measuredAt(double[] position) {
        return everyCorner(position, measured::get);
    }

    private boolean everyCorner(double[] position, IntPredicate wanted) {
        if (grid.outside(position)) {
            return false;
        }
        int[] node = new int[grid.corners()];
        double[] weight = new double[grid.corners()];
        grid.locate(position, node, weight);
        for (int c = 0; c < node.length; c++) {
            if (weight[c] > 1e-6 && !wanted.test(node[c])) {
                return false;
            }
        }
        return true;
    }

    /// Whether a node was measured or lies between two neighbours on an axis that were: kernels are
    /// measured at powers of two, and a surface has nodes between these.
    private boolean borneOut(int node) {
        if (measured.get(node)) {
            return true;
        }
        for (int d = 0; d < grid.dimensions(); d++) {
            int stride = grid.stride(d);
            int length = grid.axes()[d].length;
            int i = node / stride % length;
            boolean inner = i > 0 && i < length - 1;
            if (inner && measured.get(node - stride) && measured.get(node + stride)) {
                return true;
            }
        }
        return false;
    }

    Grid grid() {
        return grid;
    }

    /// One logarithm a node.
    float[] values() {
        return values;
    }

    /// The nodes that measurements bear out.
    BitSet measured() {
        return measured;
    }
}
