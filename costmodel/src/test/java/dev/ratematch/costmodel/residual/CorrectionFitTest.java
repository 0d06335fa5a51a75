package dev.ratematch.costmodel.residual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.kernel.Confidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CorrectionFitTest {

    private static final List<String> ENGINES = List.of("trtllm", "vllm", "sglang");
    private static final List<String> MODELS = List.of("llama", "deepseek");
    private static final List<String> WORKLOADS = List.of("1024x1024", "8192x1024");

    private static Traits traits(String engine, String model, String workload) {
        return new Traits(engine, model, "fp8", "b200", workload);
    }

    /// ln factor: an engine's share, a model's share, and 0.1 a unit of load.
    private static double planted(String engine, String model, double load) {
        return 0.3 * (ENGINES.indexOf(engine) - 1) + 0.2 * MODELS.indexOf(model) + 0.1 * (load - 3);
    }

    private static Observation observation(Traits traits, double load, double logFactor) {
        double modelled = 0.01 * (1 + load);
        return new Observation(
                traits, List.of(load), modelled, modelled * StrictMath.exp(logFactor));
    }

    private static List<Observation> observations() {
        var all = new ArrayList<Observation>();
        for (String engine : ENGINES) {
            for (String model : MODELS) {
                for (String workload : WORKLOADS) {
                    for (double load = 0; load <= 6; load += 0.5) {
                        all.add(
                                observation(
                                        traits(engine, model, workload),
                                        load,
                                        planted(engine, model, load)));
                    }
                }
            }
        }
        return all;
    }

    private static double log(Correction correction, Traits traits, double load) {
        return StrictMath.log(correction.factor(traits, List.of(load)));
    }

    @Test
    void findsTheFactorsOfGroupsAndOfLoad() {
        Correction correction = CorrectionFit.fit(observations());
        for (String engine : ENGINES) {
            for (String model : MODELS) {
                for (double load : new double[] {0, 2.2, 6}) {
                    assertThat(log(correction, traits(engine, model, WORKLOADS.getFirst()), load))
                            .isCloseTo(planted(engine, model, load), within(0.03));
                }
            }
        }
    }

    @Test
    void anOutlierDoesNotMoveIt() {
        var all = new ArrayList<>(observations());
        var traits = traits("vllm", "llama", WORKLOADS.getFirst());
        all.add(observation(traits, 3, 3));
        assertThat(log(CorrectionFit.fit(all), traits, 3))
                .isCloseTo(planted("vllm", "llama", 3), within(0.03));
    }

    /// One observation of a new engine: some of its factor is believed, not all.
    @Test
    void aRareGroupIsHeldTowardsTheWideOnes() {
        var all = new ArrayList<>(observations());
        var rare = traits("other", "llama", WORKLOADS.getFirst());
        double without = log(CorrectionFit.fit(all), rare, 3);
        all.add(observation(rare, 3, 1));
        double with = log(CorrectionFit.fit(all), rare, 3);
        assertThat(with).isBetween(without + 0.02, 0.95);
    }

    @Test
    void anUnseenGroupTakesTheWideOnes() {
        Correction correction = CorrectionFit.fit(observations());
        var unseen = traits("vllm", "qwen", "100x100");
        // Between the two models that were seen.
        assertThat(log(correction, unseen, 3)).isBetween(-0.05, 0.25);
        assertThat(correction.confidence(unseen)).isEqualTo(Confidence.TRANSFERRED);
        assertThat(correction.confidence(traits("vllm", "llama", "100x100")))
                .isEqualTo(Confidence.FITTED);
    }

    @Test
    void factorsAreBounded() {
        var wild =
                new Correction(
                        List.of(0.0),
                        Map.of("all", List.of(9.0, 0.0), "engine=vllm", List.of(-30.0, 0.0)));
        assertThat(wild.factor(traits("trtllm", "llama", "x"), List.of(0.0)))
                .isCloseTo(StrictMath.exp(2.5), within(1e-9));
        assertThat(wild.factor(traits("vllm", "llama", "x"), List.of(0.0)))
                .isCloseTo(StrictMath.exp(-2.5), within(1e-9));
        var steep = new Correction(List.of(0.0), Map.of("all", List.of(0.0, 0.1)));
        assertThat(steep.factor(traits("vllm", "llama", "x"), List.of(100.0)))
                .isEqualTo(steep.factor(traits("vllm", "llama", "x"), List.of(1000.0)));
    }

    @Test
    void equalObservationsGiveEqualCorrectionsAndNoneGivesNone() {
        assertThat(CorrectionFit.fit(observations())).isEqualTo(CorrectionFit.fit(observations()));
        assertThat(CorrectionFit.fit(List.of())).isEqualTo(Correction.NONE);
        assertThat(Correction.NONE.factor(traits("vllm", "llama", "x"), List.of())).isEqualTo(1);
    }
}
