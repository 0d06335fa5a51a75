package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.units.Check;

/// A sweep over batches, as many a slice, spaced evenly in the logarithm. They are means, and need
/// not be whole.
abstract sealed class BatchSweep implements Sweep permits ColocatedSweep, DecodeSweep {

    private final int slices;
    private final int perSlice;
    private final double[] interactivity;
    private final double[] throughput;

    /// What a batch of one slice costs and yields.
    interface Price {

        /// Seconds between the tokens of a sequence.
        double itlSeconds(double batch);

        /// Output tokens/s/GPU.
        double tokensPerSecondPerGpu(double batch, double itlSeconds);
    }

    /// @param points points in all, about
    BatchSweep(int slices, int points) {
        Check.atLeast("points", points, 1);
        this.slices = slices;
        this.perSlice = Math.max(2, points / Math.max(1, slices));
        this.interactivity = new double[perSlice * slices];
        this.throughput = new double[interactivity.length];
    }

    /// Prices the batches of a slice.
    ///
    /// @param first smallest batch
    /// @param growth largest over smallest
    final void fill(int slice, double first, double growth, Price price) {
        double factor = StrictMath.pow(growth, 1.0 / (perSlice - 1));
        double batch = first;
        int end = (slice + 1) * perSlice;
        for (int i = slice * perSlice; i < end; i++) {
            double itl = price.itlSeconds(batch);
            interactivity[i] = 1 / itl;
            throughput[i] = price.tokensPerSecondPerGpu(batch, itl);
            batch *= factor;
        }
    }

    /// Index of the slice that a point is in.
    final int slice(int point) {
        return point / perSlice;
    }

    @Override
    public final int slices() {
        return slices;
    }

    @Override
    public final int size() {
        return interactivity.length;
    }

    @Override
    public final double interactivity(int point) {
        return interactivity[point];
    }

    @Override
    public final double tokensPerSecondPerGpu(int point) {
        return throughput[point];
    }
}
