package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.kernel.Estimate;

/// One line of a forward pass.
///
/// @param name what it computes
/// @param part what it belongs to
/// @param count launches in one pass
/// @param each one launch
public record Operator(String name, Part part, double count, Estimate each) {

    /// Kinds of work.
    public enum Part {
        GEMM,
        ATTENTION,
        EXPERTS,
        COMMUNICATION,
        OTHER
    }

    /// All launches.
    public Estimate total() {
        return each.times(count);
    }
}
