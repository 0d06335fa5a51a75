package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The fitted surfaces of one kernel family on one system, by kernel.
///
/// @param family whose they are
/// @param surfaces by key, its parts joined by commas
/// @param residual how far the fit is from the measurements it was made from
/// @param best what an estimate can be at best: transferred where another system was measured
public record FamilyProfile(
        KernelFamily family, Map<String, Surface> surfaces, Residuals residual, Confidence best) {

    /// Relative errors of a fit.
    ///
    /// @param rows measurements
    /// @param median median of the absolute relative error
    /// @param p90 its 90th percentile
    public record Residuals(int rows, double median, double p90) {

        /// The statistics of absolute relative errors.
        public static Residuals of(double[] errors) {
            if (errors.length == 0) {
                return new Residuals(0, 0, 0);
            }
            double[] sorted = errors.clone();
            Arrays.sort(sorted);
            return new Residuals(
                    sorted.length,
                    sorted[sorted.length / 2],
                    sorted[(int) Math.min(sorted.length - 1, 0.9 * sorted.length)]);
        }
    }

    public FamilyProfile {
        surfaces = new TreeMap<>(surfaces);
    }

    /// Surfaces on the system that was measured.
    FamilyProfile(KernelFamily family, Map<String, Surface> surfaces, Residuals residual) {
        this(family, surfaces, residual, Confidence.FITTED);
    }

    /// The same surfaces for a system that was not measured.
    FamilyProfile transferred() {
        return new FamilyProfile(family, surfaces, residual, Confidence.TRANSFERRED);
    }

    /// Fits every kernel of a family that was measured on a system.
    public static FamilyProfile fit(
            KernelFamily family, List<Sample> samples, Accelerator accelerator) {
        var byKey = new TreeMap<String, List<Sample>>();
        for (Sample sample : samples) {
            byKey.computeIfAbsent(String.join(",", sample.key()), k -> new ArrayList<>())
                    .add(sample);
        }
        var surfaces = new TreeMap<String, Surface>();
        byKey.forEach((key, rows) -> surfaces.put(key, fitOne(family, rows, accelerator)));
        var profile = new FamilyProfile(family, surfaces, new Residuals(0, 0, 0));
        return new FamilyProfile(
                family, surfaces, Residuals.of(profile.errors(samples, accelerator)));
    }

    /// Absolute relative errors on measurements; those of unknown kernels are left out.
    public double[] errors(List<Sample> samples, Accelerator accelerator) {
        return samples.stream()
                .filter(s -> surfaces.containsKey(String.join(",", s.key())))
                .mapToDouble(
                        s ->
                                Math.abs(
                                        estimate(s.key(), s.sizes(), accelerator).micros()
                                                        / s.micros()
                                                - 1))
                .toArray();
    }

    private static Surface fitOne(KernelFamily family, List<Sample> rows, Accelerator accelerator) {
        var positions = new ArrayList<double[]>();
        double[] target = new double[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            Sample row = rows.get(i);
            positions.add(family.position(row.key(), row.sizes()));
            target[i] =
                    StrictMath.log(
                            row.micros()
                                    / family.referenceMicros(row.key(), row.sizes(), accelerator));
        }
        return SurfaceFit.fit(grid(family, positions), positions, target, family.twist());
    }

    private static Grid grid(KernelFamily family, List<double[]> positions) {
        double[] spacing = family.spacing();
        double[][] axes = new double[spacing.length][];
        for (int d = 0; d < spacing.length; d++) {
            var seen = new TreeSet<Double>();
            for (double[] position : positions) {
                seen.add(Math.rint(position[d] * 4096) / 4096);
            }
            for (double end : family.reach()[d]) {
                seen.add(end);
            }
            axes[d] =
                    spacing[d] == 0
                            ? seen.stream().mapToDouble(x -> x).toArray()
                            : regular(seen.first(), seen.last(), spacing[d]);
        }
        return new Grid(axes);
    }

    private static double[] regular(double from, double to, double step) {
        double first = Math.floor(from / step + 1e-6) * step;
        int count = (int) Math.ceil((to - first) / step - 1e-6) + 1;
        double[] axis = new double[count];
        for (int i = 0; i < count; i++) {
            axis[i] = first + i * step;
        }
        return axis;
    }

    /// Whether that kernel was measured.
    public boolean knows(List<String> key) {
        return surfaces.containsKey(String.join(",", key));
    }

    /// The latency of a launch. Beyond what was measured it is held above the roofline and said to
    /// be extrapolated. An unknown kernel is refused with the known ones.
    public Estimate estimate(List<String> key, double[] sizes, Accelerator accelerator) {
        Surface surface = surfaces.get(String.join(",", key));
        if (surface == null) {
            throw new IllegalArgumentException(
                    "%s %s was not measured on %s; measured are %s."
                            .formatted(
                                    family.name(),
                                    key,
                                    accelerator.name(),
                                    String.join("; ", surfaces.keySet())));
        }
        double[] position = family.position(key, sizes);
        double least = family.rooflineMicros(key, sizes, accelerator);
        var read = surface.at(position);
        double micros =
                family.referenceMicros(key, sizes, accelerator) * StrictMath.exp(read.factor());
        // A launch may beat its roofline (in a cache), what was filled in may not.
        double held = read.measured() ? micros : Math.max(least, micros);
        return new Estimate(held, least, read.covered() ? best : Confidence.EXTRAPOLATED);
    }
}
