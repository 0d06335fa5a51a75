package dev.ratematch.costmodel.residual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.phase.Engine;
import dev.ratematch.costmodel.residual.StepFactors.Sample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StepFactorsTest {

    private static final Traits KNOWN = new Traits("trtllm", "m", "fp4", "b200", "any");

    @Test
    void learnsBothFactorsAndNothingFromWhatNoEngineExplains() {
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < 200; i++) {
            double prefill = 0.001 * (i % 10);
            samples.add(new Sample(KNOWN, 0.01, prefill, 0.8 * 0.01 + 1.2 * prefill));
        }
        var other = new Traits("trtllm", "odd", "fp4", "b200", "any");
        var clean = StepFactors.fit(samples).on(Engine.bare("trtllm"), KNOWN);
        assertThat(clean.decodeScale()).isCloseTo(0.8, within(0.02));
        assertThat(clean.prefillScale()).isCloseTo(1.2, within(0.05));
        samples.addAll(List.of(new Sample(other, 0.02, 0.2, 0.014)));
        assertThat(StepFactors.fit(samples).on(Engine.bare("trtllm"), other).prefillScale())
                .isGreaterThan(0.9);
    }
}
