package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Kernels that share a cost structure: which columns tell them apart, over which sizes their
/// latency varies, and what the hardware would allow.
///
/// Latency is `reference x exp(surface)`, reference = roofline / 0.85 + launch floor, so that the
/// surface is flat where a kernel behaves as its bound says.
public interface KernelFamily {

    /// Share of the roofline that the reference grants.
    double REACHABLE = 0.85;

    /// Name, that of the data file without its ending.
    String name();

    /// Columns that tell kernels apart.
    List<String> keyColumns();

    /// Columns that tell how large a launch is.
    List<String> sizeColumns();

    /// Where on the surface a launch lies, in octaves: every size is an axis unless a family knows
    /// better.
    default double[] position(List<String> key, double[] sizes) {
        double[] position = new double[sizes.length];
        for (int d = 0; d < sizes.length; d++) {
            position[d] = log2(sizes[d]);
        }
        return position;
    }

    /// Distance of the nodes on each axis, octaves; 0 takes a node wherever something was measured.
    double[] spacing();

    /// How firmly a surface keeps to a sum of curves, one an axis, where nothing says otherwise.
    /// What one axis adds is then carried over to all of another, so that a combination that nobody
    /// measured is told by its neighbours on both.
    default double twist() {
        return 0;
    }

    /// Ends of each axis, octaves, wherever it was measured: an axis reaches as far as its
    /// measurements and these, with its slope carried on. Empty: nothing beyond the measurements.
    default double[][] reach() {
        return new double[spacing().length][0];
    }

    /// The least that the hardware allows, microseconds.
    double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator);

    /// Latency of the smallest launch, microseconds.
    double floorMicros(List<String> key);

    /// What the surface is relative to, microseconds.
    default double referenceMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        return rooflineMicros(key, sizes, accelerator) / REACHABLE + floorMicros(key);
    }

    /// Logarithm to base 2, the same on every machine.
    static double log2(double x) {
        return StrictMath.log(Math.max(x, 1e-12)) * 1.4426950408889634;
    }
}
