package dev.ratematch.costmodel.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class AcceleratorsTest {

    @Test
    void findsByNameIgnoringCase() {
        assertThat(Accelerators.named("GB200")).isSameAs(Accelerators.GB200);
        assertThat(Accelerators.GB200.nvlinkGpus()).isEqualTo(72);
    }

    @Test
    void refusesAnUnknownNameWithTheNearest() {
        assertThatThrownBy(() -> Accelerators.named("b20"))
                .hasMessage(
                        "accelerator \"b20\" is not known; did you mean \"b200\"?"
                                + " Known: b200, b300, gb200, gb300, h100, h200.");
    }
}
