package dev.ratematch.costmodel.frontier.mix;

import dev.ratematch.costmodel.units.Check;

/// One kind of worker and what one of them carries.
///
/// @param name unique within its role
/// @param gpus GPUs of one worker
/// @param requestsPerSecond requests per second that one worker sustains
public record WorkerRate(String name, int gpus, double requestsPerSecond) {

    public WorkerRate {
        Check.atLeast("gpus", gpus, 1);
        Check.positive("requestsPerSecond", requestsPerSecond);
    }

    /// Requests per second and GPU.
    public double requestsPerSecondPerGpu() {
        return requestsPerSecond / gpus;
    }
}
