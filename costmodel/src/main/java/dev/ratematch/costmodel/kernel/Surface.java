package dev.ratematch.costmodel.kernel;

import java.util.BitSet;

/// The logarithm of how much longer a kernel takes than its reference, over the sizes of a launch.
/// Nodes that no measurement bears out are filled in smoothly and marked so.
final class Surface {

    /// Steps of one in the logarithm when a surface is written down: 0.2 % each.
    static final int STEPS = 512;

    /// Weight below which a node has no part in a position: what rounding of the logarithms leaves
    /// of a node beside the one that is met.
    static final double MEETS = 1e-6;

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

    /// What the surface says of one position.
    ///
    /// @param factor on the reference, as a logarithm
    /// @param covered whether measurements surround the position
    /// @param measured whether every node around it was measured itself: nothing was filled in
    record Reading(double factor, boolean covered, boolean measured) {}

    /// Reads a position; the cell around it is looked up once for all three.
    Reading at(double[] position) {
        int[] node = new int[grid.corners()];
        double[] weight = new double[grid.corners()];
        grid.locate(position, node, weight);
        double factor = 0;
        boolean all = !grid.outside(position);
        boolean covered = all;
        for (int c = 0; c < node.length; c++) {
            factor += weight[c] * values[node[c]];
            if (covered && weight[c] > MEETS && !measured.get(node[c])) {
                all = false;
                covered = borneOut(node[c]);
            }
        }
        return new Reading(factor, covered, all);
    }

    /// Whether a node that was not measured lies between two neighbours on an axis that were:
    /// kernels are measured at powers of two, and a surface has nodes between these.
    private boolean borneOut(int node) {
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
