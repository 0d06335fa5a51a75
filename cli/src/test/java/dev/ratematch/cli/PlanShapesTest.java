package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// Shapes, losses and advice of a plan.
final class PlanShapesTest {

    private static final List<String> LLAMA =
            List.of(
                    "--model=nvidia/Llama-3.1-70B-Instruct-FP8",
                    "--gpu=b200",
                    "--isl=4000",
                    "--osl=500",
                    "--ttft=2s",
                    "--itl=20ms",
                    "--gpus=30");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int plan(String... changes) {
        var args = new ArrayList<>(LLAMA);
        for (String change : changes) {
            String name = change.split("=", 2)[0];
            args.removeIf(arg -> arg.startsWith(name + "="));
            args.add(change);
        }
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new CommandLine(new PlanCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(String[]::new));
    }

    private JsonNode json(String... changes) throws JsonProcessingException {
        var all = new ArrayList<>(List.of(changes));
        all.add("--format=json");
        assertThat(plan(all.toArray(String[]::new))).as(err.toString()).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    private void refuses(String sentence, String... changes) {
        refused(2, sentence, changes);
    }

    /// What is right in itself and has no plan.
    private void hasNoPlan(String sentence, String... changes) {
        refused(3, sentence, changes);
    }

    /// One sentence, and no page of usage behind it.
    private void refused(int code, String sentence, String... changes) {
        assertThat(plan(changes)).as(err.toString()).isEqualTo(code);
        var lines = err.toString().lines().toList();
        assertThat(lines).hasSize(2).endsWith("See 'plan --help'.");
        assertThat(lines.getFirst()).contains(sentence);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aRoleHasOneShapeAndTheGainOfAMixIsBesideIt() throws JsonProcessingException {
        String[] few = {"--model=Qwen/Qwen3-235B-A22B-FP8", "--itl=30ms", "--gpus=16"};
        String[] mixing = {few[0], few[1], few[2], "--allow-mixed"};
        var one = json(few);
        assertThat(one.get("prefill")).hasSize(1);
        assertThat(one.get("decode")).hasSize(1);
        var beside = one.get("mixed");
        assertThat(beside.get("chosen").asBoolean()).isFalse();
        assertThat(beside.get("gain_percent").asDouble()).isPositive();
        var mixed = json(mixing);
        assertThat(mixed.get("prefill").size() + mixed.get("decode").size()).isGreaterThan(2);
        assertThat(mixed.get("served_requests_per_s"))
                .isEqualTo(beside.get("served_requests_per_s"));
        assertThat(mixed.get("mixed").get("chosen").asBoolean()).isTrue();
        assertThat(plan(few)).isZero();
        assertThat(out.toString())
                .contains("mixed shapes", "--allow-mixed plans it")
                .containsPattern("replicas of 2 and 4 GPUs leave 0 GPUs idle and [0-9.]+ % of");
        assertThat(plan(mixing)).isZero();
        assertThat(out.toString()).contains("% more than one shape per role");
    }

    @Test
    void theBestFiveStandBesideOneAnother() throws JsonProcessingException {
        var root = json();
        var plans = root.get("plans");
        assertThat(plans).hasSize(5);
        assertThat(plans.findValuesAsText("plan")).doesNotHaveDuplicates();
        var first = plans.get(0);
        assertThat(first.get("served_requests_per_s")).isEqualTo(root.get("served_requests_per_s"));
        assertThat(first.get("prefill").get("name"))
                .isEqualTo(root.get("prefill").get(0).get("name"));
        assertThat(plan()).isZero();
        for (JsonNode each : plans) {
            assertThat(out.toString()).contains(each.get("plan").asText());
        }
    }

    @Test
    void whatIsLeftWithoutOneEngineIsSaidForEachRole() throws JsonProcessingException {
        var root = json();
        var prefill = root.get("prefill").get(0);
        var decode = root.get("decode").get(0);
        double allPrefill = rate(prefill, 0);
        double allDecode = rate(decode, 0);
        assertThat(root.get("without_one").get("prefill_requests_per_s").asDouble())
                .isCloseTo(Math.min(rate(prefill, 1), allDecode), within(0.01));
        assertThat(root.get("without_one").get("decode_requests_per_s").asDouble())
                .isCloseTo(Math.min(allPrefill, rate(decode, 1)), within(0.01));
        assertThat(plan()).isZero();
        assertThat(out.toString())
                .containsPattern("one engine less +without one prefill engine [0-9.]+ requests/s");
    }

    private static double rate(JsonNode worker, int lost) {
        return (worker.get("replicas").asInt() - lost) * worker.get("requests_per_s").asDouble();
    }

    @Test
    void whatIsGivenIsFixedAndTheRestIsSearched() throws JsonProcessingException {
        var root = json("--prefill-parallel=tp2");
        assertThat(root.get("prefill").get(0).get("name").asText()).isEqualTo("tp2");
        assertThat(root.get("request").get("prefill_parallel").asText()).isEqualTo("tp2");
        assertThat(root.get("plans").findValuesAsText("plan")).allMatch(p -> p.contains("x tp2 :"));
        var both = json("--prefill-parallel=tp2", "--decode-parallel=tp4");
        assertThat(both.get("plans")).hasSize(1);
        assertThat(both.get("decode").get(0).get("name").asText()).isEqualTo("tp4");
        var narrow = json("--max-replica-gpus=1");
        for (JsonNode each : narrow.get("plans")) {
            assertThat(each.get("prefill").get("gpus").asInt()).isEqualTo(1);
            assertThat(each.get("decode").get("gpus").asInt()).isEqualTo(1);
        }
    }

    @Test
    void aShapeThatCannotBeIsRefusedInOneSentence() {
        refuses("tensor 7 must divide the 64 heads", "--prefill-parallel=tp7");
        refuses("--decode-parallel: parallelism \"wide\" is not", "--decode-parallel=wide");
        refuses("must be without chunks, such as tp2pp2", "--prefill-parallel=tp2cpp2");
        refuses("--max-replica-gpus (0)", "--max-replica-gpus=0");
        refuses(
                "more than --max-replica-gpus (2) allows",
                "--max-replica-gpus=2",
                "--decode-parallel=tp4");
        hasNoPlan(
                "--max-replica-gpus (1) is too small",
                "--max-replica-gpus=1",
                "--model=llama-3.1-405b");
        hasNoPlan("No pair of engines", "--prefill-parallel=tp4", "--decode-parallel=tp2");
        refuses(
                "only be combined with --gpus and --format",
                "--workers=w.csv",
                "--max-replica-gpus=1");
    }

    @Test
    void theAdviceNotToDisaggregateLeads() throws JsonProcessingException {
        String[] small = {"--model=llama-3.1-8b", "--isl=2000", "--ttft=1s", "--gpus=8"};
        assertThat(plan(small)).isZero();
        var lines = out.toString().lines().toList();
        assertThat(lines.get(2)).startsWith("Do not disaggregate this load: co-located engines (8");
        assertThat(out.toString()).containsOnlyOnce("isaggregat");
        var root = json(small);
        assertThat(root.get("disaggregate").asBoolean()).isFalse();
        assertThat(root.get("advice").asText()).isEqualTo(lines.get(2));
        assertThat(root.get("colocated").get("plan").asText()).doesNotContain("+");
        assertThat(plan(small[0], small[1], small[2], small[3], "--format=csv")).isZero();
        assertThat(err.toString().strip()).isEqualTo(lines.get(2));
        assertThat(out.toString()).startsWith("role,");
        assertThat(json().get("disaggregate").asBoolean()).isTrue();
        assertThat(plan()).isZero();
        assertThat(out.toString().strip()).endsWith("Disaggregation pays here.");
    }

    private String suggested(String option) {
        var found = Pattern.compile(option + " ([0-9.]*[0-9][a-z]*)").matcher(err.toString());
        String last = "";
        while (found.find()) {
            last = found.group(1);
        }
        return option + "=" + last;
    }

    @Test
    void whatIsSaidThatCouldBeKeptIsKept() {
        hasNoPlan("--ttft (100.0 ms) cannot be met", "--ttft=100ms");
        assertThat(err.toString()).contains("% over it", "could be met");
        String longer = suggested("--ttft");
        String shorter = suggested("--isl");
        assertThat(plan(longer)).as(longer).isZero();
        assertThat(plan("--ttft=100ms", shorter)).as(shorter).isZero();
        hasNoPlan("times as long", "--itl=1ms");
        String slower = suggested("--itl");
        assertThat(plan(slower)).as(slower).isZero();
    }

    @Test
    void aBudgetThatIsTooSmallIsRefusedWithOneThatDoes() {
        refuses("--gpus (1) must be between 2, one for each role", "--gpus=1");
        hasNoPlan(
                "is too small: the smallest prefill engine", "--model=llama-3.1-405b", "--gpus=4");
        assertThat(err.toString()).doesNotContain("co-located");
        String enough = suggested("--gpus");
        assertThat(plan("--model=llama-3.1-405b", enough)).as(enough).isZero();
    }

    /// Two engines do not fit where one of both phases does.
    @Test
    void aBudgetOfOneEngineServesCoLocated() {
        hasNoPlan(
                "give --gpus 16, or do not disaggregate: co-located, 1 x ",
                "--model=llama-3.1-405b",
                "--gpus=8");
        assertThat(err.toString()).containsPattern("serves [0-9.]+ requests/s\\.");
    }
}
