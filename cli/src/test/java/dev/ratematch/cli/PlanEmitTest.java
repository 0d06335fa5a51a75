package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `plan --emit --out`: what is written, and what is left alone.
class PlanEmitTest {

    private static final List<String> PLAN =
            List.of(
                    "--model",
                    "llama-3.1-70b",
                    "--gpu",
                    "h200",
                    "--isl",
                    "4096",
                    "--osl",
                    "512",
                    "--ttft",
                    "2s",
                    "--itl",
                    "30ms",
                    "--gpus",
                    "16");

    @TempDir Path folder;

    private record Ran(int exit, String out, String err) {}

    private static Ran plan(String... more) {
        var words = new ArrayList<>(PLAN);
        words.addAll(List.of(more));
        return run(words);
    }

    private static Ran run(List<String> words) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit =
                new CommandLine(new PlanCommand())
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(words.toArray(String[]::new));
        return new Ran(exit, out.toString(), err.toString());
    }

    private Ran emit(String target, String... more) {
        var words = new ArrayList<>(List.of("--emit", target, "--out", folder.toString()));
        words.addAll(List.of(more));
        return plan(words.toArray(String[]::new));
    }

    private Map<String, String> contents() throws IOException {
        var contents = new TreeMap<String, String>();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return contents;
    }

    @Test
    void eachTargetHasAFolderAndTheEngineFollowsFromThem() throws IOException {
        var ran = emit("vllm,ratematcher", "--name", "chat");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("vllm) on 16 x h200");
        assertThat(ran.err()).contains("Deployment: ").doesNotContain("Warning");
        assertThat(contents())
                .containsKeys(
                        "vllm/README.md",
                        "vllm/prefill.yaml",
                        "vllm/decode.yaml",
                        "vllm/router.yaml",
                        "vllm/ratematcher.yaml",
                        "vllm/podmonitor.yaml",
                        "vllm/load-test.yaml",
                        "vllm/launch/prefill.sh",
                        "ratematcher/ratematcher.yaml");
        assertThat(Files.isExecutable(folder.resolve("vllm/launch/prefill.sh"))).isTrue();
    }

    private static double rateOfTheLoadTest(Map<String, String> files) {
        String manifest = Objects.requireNonNull(files.get("vllm/load-test.yaml"));
        var found = Pattern.compile("--request-rate\"?\\s+- \"?([0-9.]+)").matcher(manifest);
        assertThat(found.find()).as(manifest).isTrue();
        return Double.parseDouble(found.group(1));
    }

    @Test
    void theLoadTestComesAsFastAsThePlanKeepsWithQueueing() throws IOException {
        var ran = emit("vllm", "--format", "json");
        var json = new ObjectMapper().readTree(ran.out());
        double full = json.path("served_requests_per_s").asDouble();
        double kept = rateOfTheLoadTest(contents());
        assertThat(plan("--engine", "vllm").out())
                .contains("meets both targets at p95 up to %.2f".formatted(kept));
        assertThat(kept).isPositive().isLessThan(0.98 * full);
        assertThat(contents().get("vllm/README.md"))
                .contains("%.2f requests/s meet both targets with queueing".formatted(kept))
                .contains("Images were not checked")
                .contains("`vllm/vllm-router:v");
    }

    @Test
    void aFleetForALoadIsEmittedWithThatLoad() throws IOException {
        var words = new ArrayList<>(PLAN.subList(0, PLAN.indexOf("--gpus")));
        words.addAll(List.of("--rate", "7", "--percentile", "99", "--emit", "vllm"));
        words.addAll(List.of("--out", folder.toString(), "--format", "json"));
        var ran = run(words);
        assertThat(ran.exit()).as(ran.err()).isZero();
        var least = new ObjectMapper().readTree(ran.out()).path("least");
        var files = contents();
        assertThat(rateOfTheLoadTest(files)).isEqualTo(7);
        for (var role : List.of("prefill", "decode")) {
            assertThat(files.get("vllm/" + role + ".yaml"))
                    .contains("replicas: " + least.path(role).path("replicas").asInt());
        }
        assertThat(files.get("vllm/ratematcher.yaml"))
                .contains("gpus: " + least.path("gpus").asInt())
                .contains("percentile: 99");
    }

    @Test
    void engines_of_one_gpu_are_said_as_people_say_them() throws IOException {
        var narrow = List.of("--precision=fp8", "--prefill-parallel=tp1", "--decode-parallel=tp1");
        var ran = emit("vllm", narrow.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(contents().get("vllm/README.md"))
                .contains("x tp1, 1 GPU each")
                .doesNotContain("1 GPUs");
    }

    @Test
    void whatPlanWroteItselfIsReplacedAndWhatIsLeftOverGoes() throws IOException {
        assertThat(emit("vllm,ratematcher").exit()).isZero();
        assertThat(emit("ratematcher", "--name", "other").exit()).isZero();
        assertThat(contents())
                .containsOnlyKeys(
                        EmitFolder.LIST, "ratematcher/README.md", "ratematcher/ratematcher.yaml");
        assertThat(contents().get("ratematcher/ratematcher.yaml")).contains("\"other\"");
    }

    @Test
    void aFileOfSomebodyElseIsLeftAloneAndNothingIsWritten() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "mine");
        var ran = emit("vllm");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("contains notes.txt, which plan did not write");
        assertThat(contents()).containsExactly(Map.entry("notes.txt", "mine"));
        // Not even where the flag is given: it is about our own files.
        assertThat(emit("vllm", "--overwrite").exit()).isEqualTo(2);
        assertThat(contents()).containsExactly(Map.entry("notes.txt", "mine"));
    }

    @Test
    void aLinkIsNotWrittenThrough(@TempDir Path elsewhere) throws IOException {
        Files.createSymbolicLink(folder.resolve("ratematcher"), elsewhere);
        var ran = emit("ratematcher");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("contains ratematcher, which plan did not write");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void aChangedFileIsReplacedOnlyWhenAsked() throws IOException {
        assertThat(emit("ratematcher").exit()).isZero();
        var changed = folder.resolve("ratematcher/ratematcher.yaml");
        Files.writeString(changed, "changed");
        var before = contents();
        var ran = emit("ratematcher");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("which was edited after plan wrote it", "--overwrite");
        assertThat(contents()).isEqualTo(before);
        assertThat(emit("ratematcher", "--overwrite").exit()).isZero();
        assertThat(Files.readString(changed)).contains("RateMatcher");
    }

    @Test
    void aListThatIsNotOursAndAFileForAFolderAreRefused() throws IOException {
        Files.writeString(folder.resolve(EmitFolder.LIST), "no JSON");
        assertThat(emit("ratematcher").err()).contains("is not a list that plan wrote");
        var file = Files.writeString(folder.resolve("file"), "");
        var ran = plan("--emit", "ratematcher", "--out", file.toString());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("must be a folder, but is a file");
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefusedByName() {
        assertRefused(plan("--emit", "vllm"), "--out is missing");
        assertRefused(plan("--out", folder.toString()), "--out only works with --emit");
        assertRefused(plan("--checkpoint", "a/b"), "--checkpoint only works with --emit");
        assertRefused(emit("vlm"), "--emit \"vlm\" is not known; did you mean \"vllm\"?");
        assertRefused(
                emit("vllm,sglang"), "--emit (vllm,sglang) has targets for different engines");
        assertRefused(
                emit("vllm", "--engine", "sglang"),
                "--emit vllm does not support --engine (sglang)");
        assertRefused(emit("vllm", "--name", "Chat"), "--name (Chat)");
    }

    private static void assertRefused(Ran ran, String said) {
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains(said);
    }

    @Test
    void weightsOfAnotherTypeThanPlannedAreSpokenOf() {
        var ran = emit("trtllm", "--precision", "fp8");
        assertThat(ran.err()).contains("Warning: The plan counts on fp8 weights", "--checkpoint");
        assertThat(emit("trtllm", "--precision", "fp8", "--checkpoint", "our/llama-fp8").err())
                .doesNotContain("Warning");
    }
}
