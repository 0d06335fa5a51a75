package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Matrix product `y[m,n] = x[m,k] w[n,k]`, quantisation of the input included.
record Gemm() implements KernelFamily {

    @Override
    public String name() {
        return "gemm";
    }

    @Override
    public List<String> keyColumns() {
        return List.of("dtype");
    }

    @Override
    public List<String> sizeColumns() {
        return List.of("m", "n", "k");
    }

    @Override
    public double[] spacing() {
        return new double[] {0, 0, 0};
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        double m = sizes[0];
        double n = sizes[1];
        double k = sizes[2];
        Format format = Format.labelled(key.getFirst());
        double bytes = format.bytes() * (n * k + m * k) + 2 * m * n;
        return format.bound(2 * m * n * k, bytes, accelerator);
    }

    @Override
    public double floorMicros(List<String> key) {
        return switch (Format.labelled(key.getFirst())) {
            case BFLOAT16 -> 2;
            case FP8 -> 12;
            case FP8_BLOCK -> 5;
            case NVFP4, W4A16_MXFP4, W4A8_MXFP4 -> 6;
        };
    }
}
