package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Routed experts of one rank under wide expert parallelism, where hot experts may be copied into
/// spare slots.
record WideExperts() implements KernelFamily {

    private static final Experts EXPERTS = new Experts();

    @Override
    public String name() {
        return "moe_wideep";
    }

    @Override
    public List<String> keyColumns() {
        return List.of(
                "dtype", "kernel", "distribution", "hidden", "inter", "topk", "experts", "slots");
    }

    @Override
    public List<String> sizeColumns() {
        return List.of("tokens", "tp", "ep");
    }

    @Override
    public double[] position(List<String> key, double[] sizes) {
        return new double[] {KernelFamily.log2(sizes[0]), KernelFamily.log2(sizes[2])};
    }

    @Override
    public double[] spacing() {
        return new double[] {0.5, 1};
    }

    @Override
    public double twist() {
        return Experts.TWIST;
    }

    /// Ranks from 2 to 256, those of the table.
    @Override
    public double[][] reach() {
        return new double[][] {{}, {1, 8}};
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        return EXPERTS.rooflineMicros(key, sizes, accelerator);
    }

    @Override
    public double referenceMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        return Experts.bothMicros(key, sizes, accelerator) / REACHABLE + floorMicros(key);
    }

    @Override
    public double floorMicros(List<String> key) {
        return 30;
    }
}
