package dev.ratematch.costmodel.hardware;

import dev.ratematch.costmodel.units.Check;

/// What one GPU promises on paper. All rates are per GPU and in one direction.
///
/// @param name lower-case name, for example `b200`
/// @param hbmBytes memory in bytes
/// @param hbmBytesPerSecond memory bandwidth in bytes per second
/// @param bf16FlopsPerSecond dense BF16 tensor rate
/// @param fp8FlopsPerSecond dense FP8 tensor rate
/// @param fp4FlopsPerSecond dense FP4 tensor rate; 0 where the silicon has no FP4 tensor cores
/// @param nvlinkBytesPerSecond NVLink bandwidth in bytes per second
/// @param nvlinkGpus GPUs in one NVLink domain
/// @param nicBytesPerSecond scale-out network bandwidth in bytes per second
public record Accelerator(
        String name,
        double hbmBytes,
        double hbmBytesPerSecond,
        double bf16FlopsPerSecond,
        double fp8FlopsPerSecond,
        double fp4FlopsPerSecond,
        double nvlinkBytesPerSecond,
        int nvlinkGpus,
        double nicBytesPerSecond) {

    public Accelerator {
        Check.positive("hbmBytes", hbmBytes);
        Check.positive("hbmBytesPerSecond", hbmBytesPerSecond);
        Check.positive("bf16FlopsPerSecond", bf16FlopsPerSecond);
        Check.positive("fp8FlopsPerSecond", fp8FlopsPerSecond);
        Check.finiteAtLeast("fp4FlopsPerSecond", fp4FlopsPerSecond, 0);
        Check.positive("nvlinkBytesPerSecond", nvlinkBytesPerSecond);
        Check.atLeast("nvlinkGpus", nvlinkGpus, 1);
        Check.positive("nicBytesPerSecond", nicBytesPerSecond);
    }
}
