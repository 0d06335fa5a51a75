package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Routed experts of one rank, the busiest under the measured imbalance. `tokens` are those of the
/// whole group of ranks.
record Experts() implements KernelFamily {

    /// Of shards and ranks few combinations are measured; a firmer hold would tear where engines
    /// switch kernels.
    static final double TWIST = 0.02;

    private static final double CORNER = 8;

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
    public double twist() {
        return TWIST;
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        return Math.max(
                productMicros(key, sizes, accelerator), trafficMicros(key, sizes, accelerator));
    }

    @Override
    public double referenceMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        return bothMicros(key, sizes, accelerator) / REACHABLE + floorMicros(key);
    }

    /// The longer of products and traffic, and 9 % more where they are alike: neither hides wholly
    /// behind the other. A softer corner makes surfaces flatter still, but then weights count in
    /// launches larger than any measured one, where only products do.
    static double bothMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        double products = productMicros(key, sizes, accelerator);
        double traffic = trafficMicros(key, sizes, accelerator);
        double longer = Math.max(products, traffic);
        double ratio = Math.min(products, traffic) / longer;
        return longer * StrictMath.pow(1 + StrictMath.pow(ratio, CORNER), 1 / CORNER);
    }

    /// Products of the tokens that are routed to one rank.
    private static double productMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        double flop = 6 * routed(key, sizes) * hidden(key) * inner(key, sizes);
        return Format.labelled(key.getFirst()).bound(flop, 0, accelerator);
    }

    /// Rows in and out, and the weights of as many experts as random routing is expected to reach.
    /// Skewed routing reaches fewer than one a token: with these counted, launches would beat their
    /// roofline.
    private static double trafficMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        double routed = routed(key, sizes);
        double placed = Double.parseDouble(key.get(6)) / sizes[2];
        double reached = -placed * StrictMath.expm1(-routed / placed);
        double rows = routed * (2 * hidden(key) + 3 * inner(key, sizes));
        double weights = 3 * hidden(key) * inner(key, sizes) * reached;
        Format format = Format.labelled(key.getFirst());
        return format.bound(0, format.bytes() * (rows + weights), accelerator);
    }

    private static double hidden(List<String> key) {
        return Double.parseDouble(key.get(3));
    }

    private static double inner(List<String> key, double[] sizes) {
        return Double.parseDouble(key.get(4)) / sizes[1];
    }

    private static double routed(List<String> key, double[] sizes) {
        return sizes[0] * Double.parseDouble(key.get(5)) / sizes[2];
    }

    @Override
    public double floorMicros(List<String> key) {
        return 15;
    }
}
