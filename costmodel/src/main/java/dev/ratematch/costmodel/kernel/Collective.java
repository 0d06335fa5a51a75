package dev.ratematch.costmodel.kernel;

import dev.ratematch.costmodel.hardware.Accelerator;
import java.util.List;

/// Kernels that only move bytes: collectives over NVLink, and the quantisation of activations
/// through memory. All their size columns are axes.
///
/// @param name of the family
/// @param keyColumns what tells its kernels apart
/// @param sizeColumns one axis each
/// @param floorMicros latency of the smallest launch, microseconds
/// @param load what is moved, and over what
record Collective(
        String name,
        List<String> keyColumns,
        List<String> sizeColumns,
        double floorMicros,
        Load load)
        implements KernelFamily {

    /// The ideal time of a launch.
    interface Load {
        /// Microseconds.
        double micros(List<String> key, double[] sizes, Accelerator accelerator);
    }

    static final Collective ALL_REDUCE =
            new Collective(
                    "allreduce",
                    List.of("kernel", "gpus"),
                    List.of("bytes"),
                    5,
                    (key, sizes, a) -> 1e6 * 2 * sizes[0] / a.nvlinkBytesPerSecond());

    static final Collective NCCL =
            new Collective(
                    "nccl",
                    List.of("op", "dtype", "gpus"),
                    List.of("bytes"),
                    12,
                    (key, sizes, a) -> 1e6 * sizes[0] / a.nvlinkBytesPerSecond());

    static final Collective QUANTIZE =
            new Collective(
                    "quantize",
                    List.of("op"),
                    List.of("m", "k"),
                    8,
                    (key, sizes, a) -> 1e6 * 2 * sizes[0] * sizes[1] / a.hbmBytesPerSecond());

    @Override
    public double[] spacing() {
        return sizeColumns.size() == 1 ? new double[] {1} : new double[] {1, 1};
    }

    @Override
    public double rooflineMicros(List<String> key, double[] sizes, Accelerator accelerator) {
        return load.micros(key, sizes, accelerator);
    }

    @Override
    public double floorMicros(List<String> key) {
        return floorMicros;
    }
}
