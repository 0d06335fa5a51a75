package dev.ratematch.costmodel.kernel;

import java.util.List;

/// One measured launch of a kernel.
public final class Sample {

    private final List<String> key;
    private final double[] sizes;
    private final double micros;

    /// @param key which kernel: values of the family's key columns
    /// @param sizes how large: values of its size columns
    /// @param micros measured latency, microseconds
    public Sample(List<String> key, double[] sizes, double micros) {
        this.key = List.copyOf(key);
        this.sizes = sizes.clone();
        this.micros = micros;
    }

    /// Which kernel.
    public List<String> key() {
        return key;
    }

    /// How large, in the order of the family's size columns. Not to be written to.
    public double[] sizes() {
        return sizes;
    }

    /// Measured latency, microseconds.
    public double micros() {
        return micros;
    }
}
