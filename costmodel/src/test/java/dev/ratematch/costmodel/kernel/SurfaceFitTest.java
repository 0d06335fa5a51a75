package dev.ratematch.costmodel.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class SurfaceFitTest {

    /// Values are written down in steps of 1/512; the fit itself stops a little short.
    private static final double STEP = 1.5 / Surface.STEPS;

    private static final double[][] AXES = {{0, 1, 2, 3, 4, 5, 6}, {0, 0.5, 1.5, 3, 4}, {2, 3, 5}};
    private static final Grid GRID = new Grid(AXES);

    private static double plane(double[] p) {
        return 0.3 + 0.25 * p[0] - 0.125 * p[1] + 0.0625 * p[2];
    }

    private static List<double[]> nodes(Predicate<double[]> wanted) {
        var nodes = new ArrayList<double[]>();
        for (double x : AXES[0]) {
            for (double y : AXES[1]) {
                for (double z : AXES[2]) {
                    double[] node = {x, y, z};
                    if (wanted.test(node)) {
                        nodes.add(node);
                    }
                }
            }
        }
        return nodes;
    }

    private static double[] planes(List<double[]> positions) {
        return positions.stream().mapToDouble(SurfaceFitTest::plane).toArray();
    }

    private static Surface fit(List<double[]> positions, double[] target) {
        return SurfaceFit.fit(GRID, positions, target, 0);
    }

    private static boolean hole(double[] p) {
        return p[0] >= 2 && p[0] <= 4 && p[1] > 0 && p[1] < 4 && p[2] >= 3;
    }

    @Test
    void reproducesAPlaneAtItsNodesAndBetweenThem() {
        var nodes = nodes(p -> true);
        Surface surface = fit(nodes, planes(nodes));
        for (double[] node : nodes) {
            assertThat(surface.at(node).factor()).isCloseTo(plane(node), within(STEP));
            assertThat(surface.at(node).covered()).isTrue();
        }
        double[] between = {2.3, 2.1, 4.4};
        assertThat(surface.at(between).factor()).isCloseTo(plane(between), within(STEP));
        assertThat(surface.measured().cardinality()).isEqualTo(GRID.nodes());
    }

    /// Logarithms are rounded: a position a hair beside its node says nothing of the next one.
    @Test
    void whatIsAHairBesideANodeBearsOutThatNodeAlone() {
        var position = List.of(new double[] {2 + 1e-15, 1.5 + 1e-15, 3 + 1e-15});
        assertThat(fit(position, planes(position)).measured().cardinality()).isEqualTo(1);
    }

    @Test
    void fillsHolesAsTheirSurroundingsGoOn() {
        var nodes = nodes(p -> !hole(p));
        Surface surface = fit(nodes, planes(nodes));
        var holes = nodes(SurfaceFitTest::hole);
        assertThat(holes).isNotEmpty();
        for (double[] hole : holes) {
            assertThat(surface.at(hole).factor()).isCloseTo(plane(hole), within(0.01));
            assertThat(surface.at(hole).covered()).isFalse();
        }
        assertThat(surface.measured().cardinality()).isEqualTo(GRID.nodes() - holes.size());
    }

    /// Kernels are measured at powers of two; the nodes between them are still within.
    @Test
    void aNodeBetweenTwoMeasuredOnesIsCovered() {
        double[] lone = {3, 1.5, 3};
        var nodes = nodes(p -> !Arrays.equals(p, lone));
        Surface surface = fit(nodes, planes(nodes));
        assertThat(surface.measured().cardinality()).isEqualTo(GRID.nodes() - 1);
        assertThat(surface.at(lone).covered()).isTrue();
        assertThat(surface.at(lone).measured()).isFalse();
        assertThat(surface.at(new double[] {3.2, 1.6, 3.1}).covered()).isTrue();
    }

    /// A fifth of a mean would be 0.2 off.
    @Test
    void anOutlierDoesNotBendIt() {
        var positions = new ArrayList<double[]>();
        for (int repeat = 0; repeat < 5; repeat++) {
            positions.addAll(nodes(p -> true));
        }
        double[] target = planes(positions);
        int off = 52;
        target[off] += 1;
        Surface surface = fit(positions, target);
        for (double[] node : nodes(p -> true)) {
            assertThat(surface.at(node).factor()).isCloseTo(plane(node), within(0.03));
        }
    }

    /// A bent curve on either axis and no other combination: the bends meet where nobody measured.
    @Test
    void againstTwistWhatOneAxisAddsIsCarriedOverToTheOther() {
        double[] octaves = {0, 1, 2, 3, 4};
        double[] bent = {0, 0.4, 0.1, 0.5, 0.2};
        var grid = new Grid(new double[][] {octaves, octaves});
        var positions = new ArrayList<double[]>();
        double[] target = new double[9];
        for (int i = 0; i < 5; i++) {
            target[positions.size()] = bent[i];
            positions.add(new double[] {i, 0});
            if (i > 0) {
                target[positions.size()] = bent[i];
                positions.add(new double[] {0, i});
            }
        }
        double[] unmeasured = {3, 1};
        double sum = bent[3] + bent[1];
        assertThat(SurfaceFit.fit(grid, positions, target, 1).at(unmeasured).factor())
                .isCloseTo(sum, within(0.15));
        assertThat(SurfaceFit.fit(grid, positions, target, 0).at(unmeasured).factor())
                .isNotCloseTo(sum, within(0.3));
    }

    @Test
    void equalSamplesGiveEqualSurfaces() {
        var nodes = nodes(p -> !hole(p));
        double[] target = planes(nodes);
        for (int i = 0; i < target.length; i++) {
            target[i] += 0.01 * (i * 7 % 13);
        }
        assertThat(fit(nodes, target).values()).isEqualTo(fit(nodes, target.clone()).values());
    }

    @Test
    void beyondItsEndsASurfaceIsFlatAndCoversNothing() {
        var nodes = nodes(p -> true);
        Surface surface = fit(nodes, planes(nodes));
        double[] beyond = {9, -2, 8};
        double[] corner = {6, 0, 5};
        assertThat(surface.at(beyond).factor()).isEqualTo(surface.at(corner).factor());
        assertThat(surface.at(beyond).covered()).isFalse();
        assertThat(GRID.outside(beyond)).isTrue();
        assertThat(GRID.outside(corner)).isFalse();
    }

    @Test
    void aSingleNodeAndASinglePairAreSurfacesToo() {
        var one = new Grid(new double[][] {{3}});
        Surface point = SurfaceFit.fit(one, List.of(new double[] {3}), new double[] {0.5}, 0);
        assertThat(point.at(new double[] {7}).factor()).isCloseTo(0.5, within(STEP));
        var two = new Grid(new double[][] {{0, 1}});
        Surface pair = SurfaceFit.fit(two, List.of(new double[] {0}), new double[] {0.5}, 0);
        assertThat(pair.at(new double[] {1}).factor()).isCloseTo(0.5, within(0.01));
        assertThat(pair.at(new double[] {1}).covered()).isFalse();
    }

    @Test
    void weightsOfACellAddUpToOne() {
        int[] node = new int[GRID.corners()];
        double[] weight = new double[GRID.corners()];
        for (double x = -1; x < 7; x += 0.37) {
            GRID.locate(new double[] {x, x / 2, 1 + x}, node, weight);
            double sum = 0;
            for (int c = 0; c < node.length; c++) {
                sum += weight[c];
                assertThat(node[c]).isBetween(0, GRID.nodes() - 1);
                assertThat(weight[c]).isBetween(0.0, 1.0);
            }
            assertThat(sum).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void refusesValuesThatAreNotOneANode() {
        assertThatThrownBy(() -> new Surface(GRID, new float[3], new BitSet()))
                .hasMessage("values (3) must be one a node (105).");
    }
}
