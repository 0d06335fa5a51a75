package dev.ratematch.costmodel.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.Models;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ParallelismTest {

    @ParameterizedTest
    @CsvSource({"tp1, 1", "TP4, 4", "tep8, 8", "dep16, 16", "tp4pp2, 8"})
    void readsAndWritesTheTextForms(String text, int gpus) {
        Parallelism read = Parallelism.parse(text);
        assertThat(read.gpus()).isEqualTo(gpus);
        assertThat(read.text()).isEqualToIgnoringCase(text);
    }

    @Test
    void refusesOtherText() {
        assertThatThrownBy(() -> Parallelism.parse("four"))
                .hasMessage(
                        "parallelism \"four\" is not understood; write tp4, tep8, dep16 or tp4pp2.");
        assertThatThrownBy(() -> Parallelism.parse("tp0"))
                .hasMessage("tensor (0) must be at least 1.");
    }

    @Test
    void saysWhyAWorkerIsIllegal() {
        assertThat(Parallelism.tp(3).illegal(Models.LLAMA_3_1_70B, Accelerators.B200))
                .contains("tp3: tensor 3 must divide the 64 heads of llama-3.1-70b.");
        assertThat(Parallelism.dep(8).illegal(Models.LLAMA_3_1_70B, Accelerators.B200))
                .contains("dep8: llama-3.1-70b has no experts to place; use tp8.");
        assertThat(Parallelism.dep(16).illegal(Models.DEEPSEEK_R1, Accelerators.B200))
                .contains("dep16: 16 GPUs per stage leave the NVLink domain of b200, which has 8.");
        assertThat(Parallelism.dep(16).illegal(Models.DEEPSEEK_R1, Accelerators.GB200)).isEmpty();
    }

    @Test
    void countsCopiesOfKvHeads() {
        assertThat(Parallelism.tp(8).kvDuplication(Models.LLAMA_3_1_70B)).isEqualTo(1);
        assertThat(Parallelism.tp(8).kvDuplication(Models.QWEN3_235B_A22B)).isEqualTo(2);
        assertThat(Parallelism.tp(8).kvDuplication(Models.DEEPSEEK_R1)).isEqualTo(8);
        assertThat(Parallelism.dep(8).kvDuplication(Models.DEEPSEEK_R1)).isEqualTo(1);
    }

    @Test
    void refusesAnUnknownPrecision() {
        assertThatThrownBy(() -> Precision.parse("fp6"))
                .hasMessage(
                        "precision \"fp6\" is not known; did you mean \"fp8\"?"
                                + " Known: bf16, fp8, nvfp4, mxfp4, int4.");
        assertThat(KvDtype.parse("FP8")).isEqualTo(KvDtype.FP8);
    }
}
