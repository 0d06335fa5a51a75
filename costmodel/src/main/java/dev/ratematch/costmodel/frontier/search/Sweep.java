package dev.ratematch.costmodel.frontier.search;

/// Design points in columns, in slices that can be filled by different threads. Filling allocates
/// nothing per point.
public interface Sweep {

    /// Slices; each is one worker (and, co-located, one chunk size).
    int slices();

    /// Prices all points of a slice.
    void fill(int slice);

    /// Points in all.
    int size();

    /// Interactivity of a point, tokens/s/user; 0 when it cannot be run.
    double interactivity(int point);

    /// Output tokens/s/GPU of a point; 0 when it cannot be run or misses the time to first token.
    double tokensPerSecondPerGpu(int point);

    /// Index of the point's worker in the list swept.
    int worker(int point);
}
