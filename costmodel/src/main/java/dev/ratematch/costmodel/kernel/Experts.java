package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Routed experts of one rank, the busiest under the measured imbalance. `tokens` are those of the
/// whole group of ranks.
record Experts() implements KernelFamily {

    @Override
    public String name() {
        return "moe";
    }

    @Override
    public List<String> keyColumns() {
        return List.of("dtype", "kernel", "distribution", "hidden", "inter", "topk", "experts");
    }

    @Override
    public List<String> sizeColumns() {
        return List.of("tokens", "tp", "ep");
    }

    @Override
    public double[] spacing() {
        return new double[] {1, 0, 0};
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        return bound(
                key.getFirst(),
                key.subList(3, 7).stream().mapToDouble(Double::parseDouble).toArray(),
                sizes,
                accelerator);
    }

    /// The roofline of experts: products of all routed tokens, weights of the experts that see any.
    static double bound(String format, double[] shape, double[] sizes, Accelerator accelerator) {
        double hidden = shape[0];
        double inner = shape[1] / sizes[1];
        double routed = sizes[0] * shape[2] / sizes[2];
        double active = Math.min(shape[3] / sizes[2], routed);
        double elements = routed * (2 * hidden + 3 * inner) + 3 * hidden * inner * active;
        return Formats.bound(
                6 * routed * hidden * inner, format, Formats.bytes(format) * elements, accelerator);
    }

    @Override
    public double floorMicros(List<String> key) {
        return 15;
    }
}
