package dev.ratematch.costmodel.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerators;
import org.junit.jupiter.api.Test;

final class CollectiveKernelsTest {

    private static final double MIB = 1024.0 * 1024.0;
    private static final CollectiveKernels B200 = TestKernels.of(Accelerators.B200).collectives();
    private static final CollectiveKernels GB200 = TestKernels.of(Accelerators.GB200).collectives();

    private static double reduce(double bytes, int gpus) {
        return B200.allReduce(AllReduceKernel.TRTLLM, bytes / 2, gpus).micros();
    }

    @Test
    void oneGpuHasNobodyToTalkTo() {
        assertThat(B200.allReduce(AllReduceKernel.TRTLLM, 1e6, 1)).isEqualTo(Estimate.NONE);
        assertThat(B200.allGather(1e6, 1)).isEqualTo(Estimate.NONE);
        assertThat(B200.reduceScatter(0, 8)).isEqualTo(Estimate.NONE);
        assertThatThrownBy(() -> B200.allGather(1, 0)).hasMessageContaining("gpus (0)");
    }

    /// Published microseconds of the engine's all-reduce on eight B200.
    @Test
    void staysNearThePublishedPoints() {
        double[][] points = {
            {256, 5.0},
            {MIB / 2, 10.9},
            {2 * MIB, 30},
            {8 * MIB, 55},
            {32 * MIB, 147},
            {128 * MIB, 398}
        };
        for (double[] point : points) {
            assertThat(reduce(point[0], 8)).isCloseTo(point[1], within(0.08 * point[1]));
        }
        assertThat(B200.allGather(4 * MIB, 8).micros()).isCloseTo(44, within(5.0));
    }

    @Test
    void groupsBetweenTheTablesTakeTheNextWiderOne() {
        assertThat(reduce(MIB, 3)).isEqualTo(reduce(MIB, 4));
        assertThat(reduce(MIB, 6)).isEqualTo(reduce(MIB, 8));
        assertThat(B200.allReduce(AllReduceKernel.TRTLLM, MIB, 6).confidence())
                .isEqualTo(Confidence.FITTED);
    }

    @Test
    void widerThanTheTablesIsExtrapolatedAndSlower() {
        Estimate board = B200.allReduce(AllReduceKernel.TRTLLM, MIB, 8);
        Estimate boards = B200.allReduce(AllReduceKernel.TRTLLM, MIB, 16);
        assertThat(boards.confidence()).isEqualTo(Confidence.EXTRAPOLATED);
        // NVLink has nine times the rate of the network.
        assertThat(boards.micros()).isGreaterThan(9 * board.micros());
        Estimate tray = GB200.allReduce(AllReduceKernel.TRTLLM, MIB, 4);
        Estimate rack = GB200.allReduce(AllReduceKernel.TRTLLM, MIB, 16);
        assertThat(tray.confidence()).isEqualTo(Confidence.FITTED);
        assertThat(rack.confidence()).isEqualTo(Confidence.EXTRAPOLATED);
        assertThat(rack.micros() / tray.micros()).isBetween(1.2, 1.3);
    }

    @Test
    void aGivenFloorHoldsBeyondTheTablesOnly() {
        var floored = TestKernels.of(Accelerators.GB200).withAllReduceFloor(48).collectives();
        assertThat(floored.allReduce(AllReduceKernel.TRTLLM, 1024, 16).micros()).isEqualTo(48);
        assertThat(floored.allReduce(AllReduceKernel.TRTLLM, 1024, 4))
                .isEqualTo(GB200.allReduce(AllReduceKernel.TRTLLM, 1024, 4));
        assertThat(floored.allReduce(AllReduceKernel.TRTLLM, 1e9, 16))
                .isEqualTo(GB200.allReduce(AllReduceKernel.TRTLLM, 1e9, 16));
    }

    @Test
    void theFloorBeginsBeyondOneTray() {
        assertThat(GB200.unmeasured(4)).isFalse();
        assertThat(GB200.unmeasured(8)).isTrue();
        assertThat(GB200.unmeasured(144)).isFalse();
        assertThat(B200.unmeasured(16)).isFalse();
        var borrowed = TestKernels.of(Accelerators.GB300).withAllReduceFloor(48).collectives();
        assertThat(borrowed.measuredGpus()).isEqualTo(4);
        assertThat(borrowed.allReduce(AllReduceKernel.TRTLLM, 1024, 8).micros()).isEqualTo(48);
    }

    @Test
    void aHopIsLatencyAndWire() {
        Estimate hop = B200.hop(50_000, 1e11);
        assertThat(hop.micros()).isCloseTo(11, within(1e-9));
        assertThat(hop.confidence()).isEqualTo(Confidence.TRANSFERRED);
    }
}
