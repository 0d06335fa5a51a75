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
        String format = key.getFirst();
        double bytes = Formats.bytes(format) * (n * k + m * k) + 2 * m * n;
        return Formats.bound(2 * m * n * k, format, bytes, accelerator);
    }

    @Override
    public double floorMicros(List<String> key) {
        return switch (key.getFirst()) {
            case "bfloat16" -> 2;
            case "fp8" -> 12;
            case "fp8_block" -> 5;
            default -> 6;
        };
    }
}
