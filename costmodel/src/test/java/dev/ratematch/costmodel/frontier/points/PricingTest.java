package dev.ratematch.costmodel.frontier.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.phase.CompiledWorker;
import org.junit.jupiter.api.Test;

final class PricingTest {

    private static final Load LOAD = Load.of(8192, 1024);

    private static CompiledWorker worker(String parallelism) {
        return TestKernels.compile(
                Models.DEEPSEEK_R1,
                Accelerators.GB200,
                Precision.NVFP4,
                Parallelism.parse(parallelism));
    }

    /// A pipeline has more micro-batches, each of which passes all layers as before.
    @Test
    void stagesDoNotMakeTheStepOfAMicroBatchShorter() {
        CompiledWorker one = worker("dep4");
        for (int stages : new int[] {2, 4, 16}) {
            CompiledWorker many = worker("dep4pp" + stages);
            for (double batch : new double[] {4, 64, 1024}) {
                double step = Pricing.itlSeconds(many, Models.DEEPSEEK_R1, LOAD, batch);
                double whole = Pricing.itlSeconds(one, Models.DEEPSEEK_R1, LOAD, batch);
                assertThat(step).isBetween(whole, 1.15 * whole);
                double mixed = Pricing.mixedSeconds(many, LOAD, 4096, batch);
                assertThat(mixed).isGreaterThan(Pricing.mixedSeconds(one, LOAD, 4096, batch));
            }
        }
    }

    @Test
    void everyStageOfAPipelineHasTheFloorOfAnIteration() {
        CompiledWorker worker = worker("dep4pp4");
        double bare = worker.prefillIterationSeconds(4 * 8192, 4 * 8192.0 * 8192);
        assertThat(Pricing.ftlSeconds(worker, LOAD, 4))
                .isCloseTo(bare + 3 * worker.prefillFloorSeconds(), within(1e-9));
        assertThat(worker.prefillFloorSeconds()).isPositive();
    }
}
