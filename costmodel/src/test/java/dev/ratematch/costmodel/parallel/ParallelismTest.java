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
    @CsvSource({
        "tp1, 1",
        "TP4, 4",
        "tep8, 8",
        "dep16, 16",
        "tp4pp2, 8",
        "tp2dp4ep8, 8",
        "tp8ep4, 8",
        "tp1dp4, 4",
        "dep8pp2, 16",
        "tp1cpp4, 4",
        "tep8cpp2c2048, 16"
    })
    void readsAndWritesTheTextForms(String text, int gpus) {
        Parallelism read = Parallelism.parse(text);
        assertThat(read.gpus()).isEqualTo(gpus);
        assertThat(read.text()).isEqualToIgnoringCase(text);
    }

    @Test
    void refusesOtherText() {
        assertThatThrownBy(() -> Parallelism.parse("four"))
                .hasMessage(
                        "parallelism \"four\" is not understood; write tp4, tep8, dep16,"
                                + " tp2dp4ep8, tp4pp2 or tp4cpp4c8192.");
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
    void readsShortAndMixedForms() {
        assertThat(Parallelism.parse("ep8")).isEqualTo(Parallelism.dep(8));
        assertThat(Parallelism.parse("tp8ep8")).isEqualTo(Parallelism.tep(8));
        assertThat(Parallelism.parse("cpp4"))
                .isEqualTo(new Parallelism(1, 4, 1, 1, Parallelism.DEFAULT_CHUNK_TOKENS));
        assertThat(Parallelism.parse("tp8ep4").expertTensor()).isEqualTo(2);
        assertThatThrownBy(() -> Parallelism.parse("tp2dp2ep8"))
                .hasMessage("expert (8) must divide tensor x attentionData (4).");
        assertThatThrownBy(() -> Parallelism.parse(" "))
                .hasMessageStartingWith("parallelism \" \" is not understood");
    }

    @Test
    void readsTheFormOfTheCalibrationData() {
        assertThat(Parallelism.of(8, 1, 1, 1, 8)).isEqualTo(Parallelism.tep(8));
        assertThat(Parallelism.of(8, 1, 1, 8, 1)).isEqualTo(Parallelism.tp(8));
        assertThat(Parallelism.of(1, 1, 16, 1, 16)).isEqualTo(Parallelism.dep(16));
        assertThat(Parallelism.of(4, 2, 1, 1, 1)).isEqualTo(Parallelism.parse("tp4pp2"));
        assertThat(Parallelism.of(2, 1, 4, 2, 4)).isEqualTo(Parallelism.parse("tp2dp4ep4"));
        assertThatThrownBy(() -> Parallelism.of(4, 1, 2, 2, 2))
                .hasMessage("moe_tp x moe_ep (2 x 2) must equal tp x dp (4 x 2), or both be 1.");
    }

    @Test
    void copiesOfADenseModelAreIndependent() {
        Parallelism copies = Parallelism.of(4, 1, 4, 1, 1);
        assertThat(copies.gpus()).isEqualTo(16);
        assertThat(copies.illegal(Models.LLAMA_3_1_70B, Accelerators.B200)).isEmpty();
    }

    @Test
    void namesEveryKindOfIllegality() {
        assertThat(Parallelism.tp(16).illegal(Models.QWEN3_5_397B_A17B, Accelerators.GB200))
                .isEmpty();
        assertThat(Parallelism.tp(32).illegal(Models.QWEN3_5_397B_A17B, Accelerators.GB200))
                .contains(
                        "tp32: tensor 32 must divide the 16 key heads of linear attention of"
                                + " qwen3.5-397b-a17b.");
        assertThat(Parallelism.tp(6).impossible(Models.MINIMAX_M2_5))
                .contains(
                        "tp6: tensor 6 and the 8 KV heads of minimax-m2.5 must divide one"
                                + " another.");
        assertThat(Parallelism.parse("dep512").impossible(Models.DEEPSEEK_R1))
                .contains("dep512: expert 512 must not exceed the 256 experts of deepseek-r1.");
        assertThat(Parallelism.parse("tp1dp7").impossible(Models.DEEPSEEK_R1))
                .contains(
                        "tp1dp7: 7 GPUs per expert must divide the expert width 2048 of"
                                + " deepseek-r1.");
        assertThat(Parallelism.tp(1).withChunks(1, 2048).impossible(Models.LLAMA_3_1_8B))
                .contains(
                        "tp1cpp1c2048: chunks of 2048 tokens need a pipeline of at least 2 stages.");
        Quantization block = Quantization.of(Precision.FP8, Models.QWEN3_235B_A22B, KvDtype.FP8);
        assertThat(Parallelism.tp(8).illegal(Models.QWEN3_235B_A22B, Accelerators.B200, block))
                .contains(
                        "tp8: 192 of the expert width per GPU must be a multiple of the 128 x 128"
                                + " blocks of fp8_block.");
        assertThat(Parallelism.tep(8).illegal(Models.QWEN3_235B_A22B, Accelerators.B200, block))
                .isEmpty();
    }

    @Test
    void wideAttentionDoesNotHandOverToNarrowAttention() {
        assertThat(Parallelism.tp(8).unpairable(Parallelism.tp(4), Models.LLAMA_3_1_70B))
                .hasValueSatisfying(
                        why ->
                                assertThat(why)
                                        .startsWith("prefill tp8 with decode tp4: NIXL cannot")
                                        .endsWith(
                                                "prefill tensor (8) must not exceed decode tensor"
                                                        + " (4)."));
        assertThat(Parallelism.tp(4).unpairable(Parallelism.tp(8), Models.LLAMA_3_1_70B)).isEmpty();
        assertThat(Parallelism.tp(8).unpairable(Parallelism.dep(8), Models.DEEPSEEK_R1)).isEmpty();
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
