package dev.ratematch.costmodel.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ratematch.costmodel.TestKernels;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CompiledWorkerTest {

    private static CompiledWorker worker(
            ModelSpec model, Accelerator accelerator, Precision precision, String parallelism) {
        return TestKernels.compile(model, accelerator, precision, Parallelism.parse(parallelism));
    }

    private static final List<CompiledWorker> WORKERS =
            List.of(
                    worker(Models.LLAMA_3_1_8B, Accelerators.B200, Precision.BF16, "tp1"),
                    worker(Models.LLAMA_3_1_70B, Accelerators.B200, Precision.FP8, "tp2"),
                    worker(Models.LLAMA_3_1_405B, Accelerators.B300, Precision.NVFP4, "tp8"),
                    worker(Models.QWEN3_235B_A22B, Accelerators.H200, Precision.FP8, "tep8"),
                    worker(Models.GPT_OSS_120B, Accelerators.B200, Precision.NVFP4, "tp1"),
                    worker(Models.DEEPSEEK_R1, Accelerators.GB200, Precision.NVFP4, "dep16"));

    /// Surfaces are measured: where an engine switches kernels, a larger launch may be a little
    /// faster, and a fit of noisy rows dips too. More than a percent would be a fault.
    @Test
    void moreWorkNeverTakesNoticeablyLess() {
        for (CompiledWorker worker : WORKERS) {
            double prefill = 0;
            double decode = 0;
            for (double n = 1; n < 200_000; n *= 1.3) {
                double nextPrefill = worker.prefillIterationSeconds(n, n * n);
                double nextDecode = worker.decodeStepSeconds(n, n * 2000);
                assertThat(nextPrefill).isGreaterThan(0.99 * prefill);
                assertThat(nextDecode).isGreaterThan(0.99 * decode);
                prefill = Math.max(prefill, nextPrefill);
                decode = Math.max(decode, nextDecode);
            }
        }
    }

    @Test
    void aStepSlowsWithContextAtEqualBatch() {
        for (CompiledWorker worker : WORKERS) {
            assertThat(worker.decodeStepSeconds(64, 64 * 16_000))
                    .isGreaterThan(1.02 * worker.decodeStepSeconds(64, 64 * 1000));
        }
    }

    /// Linear work alone would give 16 times; attention grows with the square.
    @Test
    void longPromptsCostMoreThanInProportion() {
        CompiledWorker worker =
                worker(Models.LLAMA_3_1_70B, Accelerators.B200, Precision.FP8, "tp1");
        double brief = worker.prefillIterationSeconds(8192, 8192.0 * 8192);
        double full = worker.prefillIterationSeconds(131_072, 131_072.0 * 131_072);
        assertThat(full / brief).isGreaterThan(16);
    }

    @Test
    void cachedPrefixSavesMoreThanItsTokens() {
        CompiledWorker worker =
                worker(Models.LLAMA_3_1_70B, Accelerators.B200, Precision.FP8, "tp4");
        double all = worker.prefillIterationSeconds(32_768, 32_768.0 * 32_768);
        double rest = worker.prefillIterationSeconds(8192, 32_768.0 * 32_768 - 24_576.0 * 24_576);
        assertThat(rest).isBetween(all / 4, all / 2);
    }

    /// One prompt with a cached prefix: the worker knows only tokens and squares, the forward pass
    /// knows the prompt.
    @Test
    void aCachedPrefixCostsWhatTheForwardPassSays() {
        for (String parallelism : List.of("tp1", "tp4", "tp8")) {
            CompiledWorker worker =
                    worker(Models.LLAMA_3_1_70B, Accelerators.B200, Precision.FP8, parallelism);
            for (double prefix : new double[] {0, 1024, 4096, 6144, 7168}) {
                double tokens = 8192 - prefix;
                double squares = 8192.0 * 8192 - prefix * prefix;
                double listed = 1e-6 * ForwardPass.micros(worker.pass().prefill(1, 8192, prefix));
                double compiled =
                        (worker.prefillIterationSeconds(tokens, squares)
                                        - Engine.TRTLLM.prefillOffsetSeconds())
                                / Engine.TRTLLM.prefillScale();
                assertThat(compiled).isCloseTo(listed, within(0.02 * listed));
            }
        }
    }

    /// All but one token cached: that token still launches every kernel.
    @Test
    void cachedTokensNeverMakeTheNewOnesCheaper() {
        for (CompiledWorker worker : WORKERS) {
            double copies = worker.parallelism().attentionData();
            for (double n = copies; n < 20_000; n *= 2) {
                double fresh = worker.prefillIterationSeconds(n, n * n / copies);
                double before = fresh;
                for (double prefix = 1; prefix < 200_000; prefix *= 4) {
                    double own = n / copies;
                    double squares = n * (own + 2 * prefix);
                    double cached = worker.prefillIterationSeconds(n, squares);
                    assertThat(cached).isGreaterThan(0.995 * fresh).isGreaterThan(0.97 * before);
                    before = Math.max(before, cached);
                }
            }
        }
    }

    @Test
    void nothingTakesNoTime() {
        CompiledWorker worker = WORKERS.getFirst();
        assertThat(worker.prefillIterationSeconds(0, 0)).isZero();
        assertThat(worker.decodeStepSeconds(0, 0)).isZero();
    }

    @Test
    void refusesWhatCannotRun() {
        assertThatThrownBy(
                        () ->
                                worker(
                                        Models.LLAMA_3_1_70B,
                                        Accelerators.H100,
                                        Precision.NVFP4,
                                        "tp4"))
                .hasMessage("precision nvfp4 is not computed by h100; use fp8 or bf16.");
        assertThatThrownBy(
                        () ->
                                worker(
                                        Models.LLAMA_3_1_70B,
                                        Accelerators.B200,
                                        Precision.FP8,
                                        "tp16"))
                .hasMessageContaining("16 GPUs per stage leave the NVLink domain of b200");
        assertThatThrownBy(() -> WORKERS.getFirst().decodeStepSeconds(Double.NaN, 1))
                .hasMessage("sequences (NaN) must be finite and at least 0.0.");
    }

    /// Measured time per output token of Llama-3.1-70B on B200 under TensorRT-LLM, 1024/1024,
    /// concurrency 64: FP8 at TP 1, 2, 4, 8. Nothing is fitted to it; the band only guards against
    /// losing what docs/model.md states.
    @Test
    void staysNearMeasuredSteps() {
        double[] measured = {0.02139, 0.01332, 0.00972, 0.0096};
        for (int i = 0; i < measured.length; i++) {
            CompiledWorker worker =
                    worker(Models.LLAMA_3_1_70B, Accelerators.B200, Precision.FP8, "tp" + (1 << i));
            assertThat(worker.decodeStepSeconds(64, 64 * 0.9 * 1536))
                    .isCloseTo(measured[i], within(0.25 * measured[i]));
        }
    }

    /// Time to first token with little queueing, 8192 in: gpt-oss-120b on one GB200 107 to 120 ms;
    /// DeepSeek-R1 FP4 on four GB200 236 ms.
    @Test
    void staysNearMeasuredPrefill() {
        double squares = 8192.0 * 8192;
        assertThat(
                        worker(Models.GPT_OSS_120B, Accelerators.GB200, Precision.NVFP4, "tp1")
                                .prefillIterationSeconds(8192, squares))
                .isBetween(0.07, 0.16);
        assertThat(
                        worker(Models.DEEPSEEK_R1, Accelerators.GB200, Precision.NVFP4, "tp4")
                                .prefillIterationSeconds(8192, squares))
                .isBetween(0.15, 0.32);
    }
}
