package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// One file for every command: the fields of a service line, or a RateMatcher.
class ServiceFileTest {

    private static final String LINE =
            """
            model: llama-3.1-70b
            gpu: b200
            precision: nvfp4
            kv_dtype: fp8
            engine: trtllm
            slo: {ttft_ms: 2000, itl_ms: 30}
            budget_gpus: 16
            prefill: {parallel: tp2, max_batched_tokens: 4096}
            decode: {parallel: tp2, max_seqs: 128}
            """;

    private static final String MATCHER =
            """
            # A comment, and another object before it.
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: chat}
            ---
            apiVersion: ratematch.dev/v1alpha1
            kind: RateMatcher
            metadata: {name: chat}
            spec:
              model: llama-3.1-70b
              accelerator: b200
              precision: nvfp4
              kvDtype: fp8
              telemetry: {engine: trtllm}
              slo: {ttft: 2s, itl: 30ms}
              budget: {gpus: 16}
              prefill:
                scaleTargetRef: {name: chat-prefill}
                gpusPerReplica: 2
                parallelism: tp2
                maxBatchedTokens: 4096
              decode:
                scaleTargetRef: {name: chat-decode}
                parallelism: tp2
                maxSequences: 128
            """;

    private static final List<String> LENGTHS = List.of("--isl=3000", "--osl=300");

    @TempDir private Path folder;
    private Path line = Path.of("");
    private Path matcher = Path.of("");

    private record Answer(int exit, String out, String err) {}

    private static Answer run(Object command, List<String> args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit =
                new CommandLine(command)
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .setParameterExceptionHandler(new WrongLine())
                        .execute(args.toArray(String[]::new));
        return new Answer(exit, out.toString(), err.toString());
    }

    private static Answer plan(Path file, String... more) {
        var args = new ArrayList<>(LENGTHS);
        args.add("--service=" + file);
        args.addAll(List.of(more));
        return run(new PlanCommand(), args);
    }

    private Answer simulate(Path file, String... more) throws IOException {
        var trace = folder.resolve("trace.csv");
        Files.writeString(trace, "arrival_s,input_tokens,output_tokens\n0,800,60\n1,800,60\n");
        var args = new ArrayList<>(List.of("--trace=" + trace, "--policy=static-best"));
        args.add("--service=" + file);
        args.addAll(List.of(more));
        return run(new SimulateCommand(), args);
    }

    @BeforeEach
    void files() throws IOException {
        line = write("line.yaml", LINE);
        matcher = write("matcher.yaml", MATCHER);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void aRateMatcherIsTheSameServiceAsItsLine() {
        var ofLine = ServiceFile.read(line);
        var ofMatcher = ServiceFile.read(matcher);
        ofMatcher.fields().withObject("/prefill").remove("gpus");
        var said = new ArrayList<String>();
        assertThat(ofMatcher.request("recommend", _ -> true, said::add))
                .isEqualTo(ofLine.request("recommend", _ -> true, said::add));
        assertThat(said).isEmpty();
    }

    @Test
    void aPlanTakesWhatNoOptionSays() {
        var byOptions =
                run(
                        new PlanCommand(),
                        List.of(
                                "--model=llama-3.1-70b",
                                "--gpu=b200",
                                "--precision=nvfp4",
                                "--kv-dtype=fp8",
                                "--engine=trtllm",
                                "--ttft=2s",
                                "--itl=30ms",
                                "--gpus=16",
                                "--prefill-parallel=tp2",
                                "--decode-parallel=tp2",
                                "--isl=3000",
                                "--osl=300"));
        assertThat(byOptions.exit()).as(byOptions.err()).isZero();
        for (var file : List.of(line, matcher)) {
            String said = plan(file).out();
            assertThat(said).contains("nvfp4: --service " + file, "fp8: --service " + file);
            assertThat(said.replaceAll("--service \\S+", "it"))
                    .isEqualTo(byOptions.out().replaceAll("--(precision|kv-dtype|engine)", "it"));
        }
        var other = plan(matcher, "--gpus=8", "--ttft=1s", "--prefill-parallel=tp1");
        assertThat(other.out()).contains("on 8 x b200", "TTFT <= 1000 ms", "prefill  tp1 ");
    }

    @Test
    void aSimulationTakesWhatNoOptionSays() throws IOException {
        var byFile = simulate(line);
        assertThat(byFile.err())
                .doesNotContain("does not use")
                .as("its plant was measured with this engine and this KV cache");
        assertThat(byFile.out()).contains("budget 16 GPUs", "nvfp4 tp2/tp2");
        assertThat(simulate(matcher).out()).isEqualTo(byFile.out());
        assertThat(simulate(line, "--gpus=8", "--itl=50ms").out())
                .contains("budget 8 GPUs", "ITL 50 ms");
        var sglang = write("sglang.yaml", LINE.replace("trtllm", "sglang"));
        assertThat(simulate(sglang).err()).contains("simulate does not use engine and ignores it.");
        assertThat(simulate(sglang).out()).isEqualTo(byFile.out());
    }

    @Test
    void stepKnowsTheServiceBeforeTheFirstLine() throws IOException {
        var root = new CommandLine(new StepCommand());
        var command = (StepCommand) root.getCommand();
        root.parseArgs("--service=" + matcher, "--gpus=8");
        assertThat(command.begun().line("{\"at_s\":0}"))
                .startsWith("{\"line\":1,\"at_s\":0.0,\"decision\":\"hold\"");
        assertThat(run(new StepCommand(), List.of("--gpus=8")).err())
                .contains("--model, --gpu, --ttft, --itl are missing");
    }

    @Test
    void whatACommandHasNoUseForIsSaid() throws IOException {
        var law = write("law.yaml", LINE + "options: {minGain: 0.1}\nmin_budget_gpus: 4\n");
        assertThat(plan(law).err())
                .contains(
                        "plan does not use prefill.max_batched_tokens, decode.max_seqs, options"
                                + " and min_budget_gpus and ignores them.");
        assertThat(simulate(law).err()).isEmpty();
        assertThat(plan(matcher).err())
                .contains(
                        "plan does not use spec.prefill.maxBatchedTokens and spec.decode.maxSequences");
        var promised =
                write("promised.yaml", LINE.replace("itl_ms: 30", "itl_ms: 30, percentile: 99"));
        assertThat(plan(promised).err()).contains("slo.percentile");
        assertThat(plan(promised, "--rate=5").err()).doesNotContain("slo.percentile");
        assertThat(plan(promised, "--rate=5").out()).contains("at p99");
    }

    @Test
    void anUnknownFieldIsNamedWithTheNearestOne() throws IOException {
        var wrong =
                write(
                        "wrong.yaml",
                        LINE.replace("max_seqs", "max_seq").replace("precision", "presicion"));
        assertThat(plan(wrong).err())
                .contains(
                        "presicion is not a field of a service and is ignored; the nearest one is precision.")
                .contains(
                        "decode.max_seq is not a field of a service and is ignored; the nearest one is decode.max_seqs.");
        var misspelt = write("misspelt.yaml", MATCHER.replace("maxSequences", "maxSequence"));
        assertThat(plan(misspelt).err())
                .contains(
                        "spec.decode.maxSequence is not a field of a RateMatcher and is ignored;"
                                + " the nearest one is spec.decode.maxSequences.");
        var unmodelled = write("unmodelled.yaml", LINE.replace("model:", "modle:"));
        assertThat(plan(unmodelled).exit()).isEqualTo(2);
        assertThat(plan(unmodelled).err())
                .contains("the nearest one is model.", "--model is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ttft: 2s | ttft: soon | spec.slo.ttft (soon) must be a duration above 0
                    gpus: 16 | gpus: many | spec.budget.gpus ("many") has the wrong type
                    gpusPerReplica: 2 | gpusPerReplica: 4 | prefill: gpus (4) must be the 2 of parallel
                    engine: trtllm | engine: vlm | engine "vlm" is not known; did you mean "vllm"
                    kind: RateMatcher | kind: Deployment | must be one object of fields
                    kind: Namespace | kind: RateMatcher | contains 2 RateMatchers
                    """)
    void aWrongRateMatcherIsRefusedByItsOwnNames(String right, String wrong, String said)
            throws IOException {
        var answer = plan(write("wrong.yaml", MATCHER.replace(right, wrong)));
        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err().replace("--engine", "engine")).contains(said);
        assertThat(answer.out()).isEmpty();
    }

    @Test
    void anObjectOfAnotherKindIsNoService() throws IOException {
        var answer = plan(write("pool.yaml", "kind: GpuPool\nspec: {gpus: 4}\n"));
        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("kind (GpuPool) must be RateMatcher");
    }
}
