package dev.ratematch.costmodel.kernel;

import java.util.List;

/// One measured launch of a kernel.
///
/// @param key which kernel: values of the family's key columns
/// @param sizes how large: values of its size columns
/// @param micros measured latency, microseconds
public record Sample(List<String> key, double[] sizes, double micros) {

    public Sample {
        key = List.copyOf(key);
    }
}
