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
/// @param nicBytesPerSecond network bandwidth outside the NVLink domain, in bytes per second
/// @param hostGpus GPUs of one host: of one HGX board, or of one NVL72 tray
public record Accelerator(
        String name,
        double hbmBytes,
        double hbmBytesPerSecond,
        double bf16FlopsPerSecond,
        double fp8FlopsPerSecond,
        double fp4FlopsPerSecond,
        double nvlinkBytesPerSecond,
        int nvlinkGpus,
        double nicBytesPerSecond,
        int hostGpus) {

    public Accelerator {
        Check.positive("hbmBytes", hbmBytes);
        Check.positive("hbmBytesPerSecond", hbmBytesPerSecond);
        Check.positive("bf16FlopsPerSecond", bf16FlopsPerSecond);
        Check.positive("fp8FlopsPerSecond", fp8FlopsPerSecond);
        Check.finiteAtLeast("fp4FlopsPerSecond", fp4FlopsPerSecond, 0);
        Check.positive("nvlinkBytesPerSecond", nvlinkBytesPerSecond);
        Check.atLeast("nvlinkGpus", nvlinkGpus, 1);
        Check.positive("nicBytesPerSecond", nicBytesPerSecond);
        Check.within("hostGpus", hostGpus, 1, nvlinkGpus);
    }

    /// Bandwidth between GPUs of one worker, in bytes per second: NVLink inside a domain, the
    /// network beyond it.
    ///
    /// @param gpus GPUs that talk to one another
    public double linkBytesPerSecond(int gpus) {
        return gpus <= nvlinkGpus ? nvlinkBytesPerSecond : nicBytesPerSecond;
    }
}
