package dev.ratematch.costmodel.closed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClosedLoadTest {

    private static final double[][] LENGTHS = {{1024, 1024}, {8192, 1024}, {1024, 8192}};

    private static CompiledWorker worker(String parallelism) {
        return TestKernels.compile(
                Models.LLAMA_3_1_70B,
                Accelerators.B200,
                Precision.FP8,
                Parallelism.parse(parallelism));
    }

    private static final CompiledWorker TP1 = worker("tp1");
    private static final CompiledWorker TP4 = worker("tp4");
    private static final List<CompiledWorker> WORKERS = List.of(TP1, TP4);

    private static Disaggregated deployment(int prefills, int decodes) {
        return deployment(prefills, decodes, Double.POSITIVE_INFINITY);
    }

    private static Disaggregated deployment(int prefills, int decodes, double batchLimit) {
        return new Disaggregated(TP4, prefills, TP4, decodes, batchLimit, 8192, 0.01);
    }

    @Test
    void lengthsAreDrawnBelowTheNominalOnes() {
        var load = ClosedLoad.nominal(8, 1000, 100);
        assertThat(load.inputTokens()).isCloseTo(900, within(1e-9));
        assertThat(load.outputTokens()).isCloseTo(90, within(1e-9));
        assertThat(load.residentTokens()).isCloseTo(945, within(1e-9));
        assertThatThrownBy(() -> new ClosedLoad(0, 1, 1)).hasMessageContaining("concurrency");
        assertThatThrownBy(() -> new ClosedLoad(1, 0, 1)).hasMessageContaining("inputTokens");
    }

    /// Requests in flight are those that wait for their first token and those that decode. The
    /// burst at the start is no part of the steady state.
    @Test
    void littlesLawHoldsCoLocated() {
        for (CompiledWorker worker : WORKERS) {
            for (double[] lengths : LENGTHS) {
                for (double c : new double[] {1, 4, 16, 64, 256}) {
                    var load = ClosedLoad.nominal(c, lengths[0], lengths[1]);
                    var found = new CoLocated(worker, 8192).under(load);
                    double inside =
                            found.requestsPerSecond()
                                    * (found.ttftSeconds()
                                            - found.burstSeconds()
                                            + load.outputTokens() * found.tpotSeconds());
                    assertThat(inside).as("%s", load).isCloseTo(c, within(0.02 * c));
                }
            }
        }
    }

    @Test
    void littlesLawHoldsDisaggregated() {
        for (double[] lengths : LENGTHS) {
            for (double c : new double[] {1, 4, 16, 64, 256}) {
                var load = ClosedLoad.nominal(c, lengths[0], lengths[1]);
                var found = deployment(2, 1).under(load);
                double inside =
                        found.requestsPerSecond()
                                * (found.ttftSeconds()
                                        - found.burstSeconds()
                                        + (load.outputTokens() - 1) * found.tpotSeconds());
                assertThat(inside).as("%s", load).isCloseTo(c, within(0.02 * c));
            }
        }
    }

    /// Up to the concurrencies that public sweeps end at; kernel switches leave small dips.
    @Test
    void moreInFlightNeverCarriesNoticeablyLess() {
        for (double[] lengths : LENGTHS) {
            double together = 0;
            double apart = 0;
            for (double c = 1; c <= 512; c *= 2) {
                var load = ClosedLoad.nominal(c, lengths[0], lengths[1]);
                double nextTogether = new CoLocated(TP4, 8192).under(load).requestsPerSecond();
                double nextApart = deployment(2, 1).under(load).requestsPerSecond();
                assertThat(nextTogether).as("%s", load).isGreaterThan(0.98 * together);
                assertThat(nextApart).as("%s", load).isGreaterThan(0.98 * apart);
                together = Math.max(together, nextTogether);
                apart = Math.max(apart, nextApart);
            }
        }
    }

    /// Weights leave one GPU little room: past its places, requests queue, and steps stay as fast.
    @Test
    void aFullCacheMakesRequestsQueue() {
        double places = TP1.kvCapacityTokens() / (0.9 * (8192 + 1024));
        var full = new CoLocated(TP1, 8192).under(ClosedLoad.nominal(2 * places, 8192, 1024));
        var over = new CoLocated(TP1, 8192).under(ClosedLoad.nominal(8 * places, 8192, 1024));
        assertThat(over.tpotSeconds()).isCloseTo(full.tpotSeconds(), within(1e-6));
        assertThat(over.ttftSeconds()).isGreaterThan(3 * full.ttftSeconds());
        assertThat(over.requestsPerSecond())
                .isCloseTo(full.requestsPerSecond(), within(0.01 * full.requestsPerSecond()));
    }

    /// Eighty in flight on two engines of 32 places: steps are those of 32, and the other sixteen
    /// wait for as long as the answers ahead of them take.
    @Test
    void pastTheBatchLimitRequestsWaitForAPlace() {
        var load = ClosedLoad.nominal(80, 1024, 1024);
        var free = deployment(2, 2).under(load);
        var full = deployment(2, 2, 32).under(load);
        double step = TP4.decodeStepSeconds(32, 32 * load.residentTokens());
        assertThat(free.admissionSeconds()).isZero();
        assertThat(full.tpotSeconds()).isCloseTo(step, within(1e-6 * step));
        double answer = load.outputTokens() * step;
        assertThat(full.requestsPerSecond()).isCloseTo(64 / answer, within(1e-6 * 64 / answer));
        double outside = full.ttftSeconds() - full.admissionSeconds();
        assertThat(outside).isCloseTo(free.ttftSeconds(), within(0.1 * free.ttftSeconds()));
        assertThat(full.admissionSeconds())
                .isCloseTo(answer * 16 / 64, within(0.1 * answer * 16 / 64));
    }

    @Test
    void aLimitThatIsNotReachedChangesNothing() {
        var load = ClosedLoad.nominal(64, 1024, 1024);
        assertThat(deployment(2, 2, 32).under(load)).isEqualTo(deployment(2, 2).under(load));
    }

    /// Full cache, no other limit: the wait for a place is the cache's doing.
    @Test
    void aFullCacheOfDecodeMakesRequestsWaitToo() {
        double places = TP1.kvCapacityTokens() / (0.9 * (8192 + 1024));
        var load = ClosedLoad.nominal(4 * places, 8192, 1024);
        var found =
                new Disaggregated(TP4, 8, TP1, 1, Double.POSITIVE_INFINITY, 8192, 0).under(load);
        double inside = found.requestsPerSecond() * (load.outputTokens() - 1) * found.tpotSeconds();
        assertThat(inside).isCloseTo(places, within(0.02 * places));
        assertThat(found.admissionSeconds()).isGreaterThan(10 * found.prefillSeconds());
    }

    /// One prefill engine feeds far more decode than there is: throughput ends where prompts do.
    @Test
    void throughputEndsAtWhatPrefillTakes() {
        var load = ClosedLoad.nominal(4096, 8192, 128);
        double input = load.inputTokens();
        double most = 1 / TP4.prefillIterationSeconds(input, input * input);
        var one = deployment(1, 8).under(load);
        assertThat(one.requestsPerSecond()).isBetween(0.9 * most, 1.15 * most);
        var two = deployment(2, 8).under(load);
        assertThat(two.requestsPerSecond() / one.requestsPerSecond()).isBetween(1.9, 2.1);
        assertThat(one.ttftSeconds()).isGreaterThan(10 * one.prefillSeconds());
    }

    @Test
    void aLoneRequestPaysPrefillTransferAndPlainSteps() {
        var load = ClosedLoad.nominal(1, 1024, 1024);
        var found = deployment(1, 1).under(load);
        double steady = found.ttftSeconds() - found.burstSeconds();
        assertThat(steady - found.prefillSeconds()).isBetween(0.01, 0.012);
        double step = TP4.decodeStepSeconds(1, load.residentTokens());
        assertThat(found.tpotSeconds()).isCloseTo(step, within(0.01 * step));
    }
}
