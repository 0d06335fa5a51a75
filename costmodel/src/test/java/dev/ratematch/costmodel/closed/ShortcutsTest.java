package dev.ratematch.costmodel.closed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.phase.CompiledWorker;
import org.junit.jupiter.api.Test;

final class ShortcutsTest {

    private static final int LAYERS = Models.LLAMA_3_1_70B.layers();
    private static final CompiledWorker TP4 =
            TestKernels.compile(
                    Models.LLAMA_3_1_70B, Accelerators.B200, Precision.FP8, Parallelism.tp(4));

    private static ClosedLatency coLocated(Shortcuts shortcuts, ClosedLoad load) {
        return shortcuts.perToken(
                new CoLocated(shortcuts.worker(TP4, load, LAYERS), shortcuts.budgetTokens(8192))
                        .under(shortcuts.load(load)));
    }

    @Test
    void withoutEitherNothingChanges() {
        var load = ClosedLoad.nominal(64, 8192, 1024);
        assertThat(coLocated(Shortcuts.NONE, load)).isEqualTo(new CoLocated(TP4, 8192).under(load));
    }

    /// A prompt of which a share is cached costs its new tokens, and their attention to all of it.
    @Test
    void aCachedShareLeavesTheRestOfThePrompt() {
        var load = ClosedLoad.nominal(1, 8192, 1024);
        double input = load.inputTokens();
        double cached = 0.75 * input;
        var worker = new Shortcuts(0.75, 0, 1).worker(TP4, load, LAYERS);
        assertThat(worker.prefillIterationSeconds(input, input * input))
                .isEqualTo(
                        TP4.prefillIterationSeconds(
                                input - cached, input * input - cached * cached));
    }

    /// Contexts and places are those of the answer's tokens, though it takes fewer steps.
    @Test
    void stepsSeeTheWholeContextAndEveryQuery() {
        var load = ClosedLoad.nominal(8, 1024, 8192);
        var shortcuts = new Shortcuts(0, 2, 2.5);
        var worker = shortcuts.worker(TP4, load, LAYERS);
        double resident = 8 * shortcuts.load(load).residentTokens();
        assertThat(worker.decodeStepSeconds(8, resident))
                .isCloseTo(
                        (1 + 2.0 / LAYERS) * TP4.decodeStepSeconds(24, 8 * load.residentTokens()),
                        within(1e-12));
        double inSteps = shortcuts.load(load).inputTokens() + shortcuts.load(load).outputTokens();
        assertThat(worker.kvCapacityTokens() / inSteps)
                .isCloseTo(
                        TP4.kvCapacityTokens() / (load.inputTokens() + load.outputTokens()),
                        within(0.01));
    }

    /// Requests in flight are those before their first token and those that decode.
    @Test
    void littlesLawHolds() {
        for (double c : new double[] {1, 16, 256}) {
            for (double[] lengths : new double[][] {{1024, 1024}, {8192, 1024}}) {
                var load = ClosedLoad.nominal(c, lengths[0], lengths[1]);
                var found = coLocated(new Shortcuts(0.5, 2, 2.5), load);
                double inside =
                        found.requestsPerSecond()
                                * (found.ttftSeconds()
                                        - found.burstSeconds()
                                        + load.outputTokens() * found.tpotSeconds());
                assertThat(inside).as("%s", load).isCloseTo(c, within(0.03 * c));
            }
        }
    }
}
