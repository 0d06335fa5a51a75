package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// The absorbed projections before and after latent decode attention, one small product a head.
record LatentProjection() implements KernelFamily {

    @Override
    public String name() {
        return "mla_bmm";
    }

    @Override
    public List<String> keyColumns() {
        return List.of("op", "dtype");
    }

    @Override
    public List<String> sizeColumns() {
        return List.of("heads", "tokens");
    }

    /// Heads, and rows of all heads together: they tell where a launch outgrows its floor, however
    /// many heads they are of.
    @Override
    public double[] position(List<String> key, double[] sizes) {
        double heads = KernelFamily.log2(sizes[0]);
        return new double[] {heads, heads + KernelFamily.log2(sizes[1])};
    }

    @Override
    public double[] spacing() {
        return new double[] {1, 0};
    }

    @Override
    public double twist() {
        return 0.3;
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        Format format = Format.labelled(key.get(1));
        double bytes = sizes[0] * (128 * 512 * format.bytes() + sizes[1] * 640 * 2);
        return format.bound(2 * sizes[0] * sizes[1] * 128 * 512, bytes, accelerator);
    }

    @Override
    public double floorMicros(List<String> key) {
        return 4;
    }
}
