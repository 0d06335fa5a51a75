package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SimulateCommandTest {

    @TempDir private Path folder;

    private record Answer(int exit, String out, String err) {}

    private static Answer run(List<String> args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var command = new CommandLine(new SimulateCommand());
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return new Answer(command.execute(args.toArray(String[]::new)), out + "", err + "");
    }

    private static Answer run(String... args) {
        return run(List.of(args));
    }

    private Answer on(String traceText, String... more) throws IOException {
        var file = folder.resolve("trace.csv");
        Files.writeString(file, traceText);
        var args = new ArrayList<>(List.of("--trace", file.toString()));
        args.addAll(List.of(more));
        return run(args);
    }

    private static String smallTrace() {
        var text = new StringBuilder("arrival_s,input_tokens,output_tokens\n");
        for (int i = 0; i < 300; i++) {
            text.append(i * 0.2).append(",800,60\n");
        }
        return text.toString();
    }

    @Test
    void a_small_run_prints_json_with_one_run_per_policy_and_writes_the_page() throws Exception {
        var page = folder.resolve("report.html");
        var answer =
                on(
                        smallTrace(),
                        "--gpus",
                        "8",
                        "--policy",
                        "ratematch,static-best,bound",
                        "--format",
                        "json",
                        "--report",
                        page.toString());
        assertThat(answer.exit()).isZero();
        var root = new ObjectMapper().readTree(answer.out());
        assertThat(root.get("runs")).hasSize(3);
        assertThat(root.get("runs").get(0).get("good").asInt()).isEqualTo(300);
        var text = Files.readString(page);
        assertThat(text)
                .startsWith("<!doctype html>")
                .contains("uPlot", "\"label\":\"static-best\"", "\"label\":\"promise\"")
                .contains("default-src 'none'")
                .doesNotContain("src=", "<link", "NaN\"", "import ");
        assertThat(text.length()).isLessThan(200_000);
    }

    /// A count is shown as one.
    @Test
    void what_a_policy_ran_with_is_shown_as_people_read_it() throws Exception {
        assertThat(on(smallTrace(), "--gpus", "8", "--policy", "static-best").out())
                .containsPattern("static-best with: decode replicas \\d, prefill replicas \\d\\R");
    }

    @Test
    void a_trace_is_read_from_standard_input_gzip_or_not() throws Exception {
        String expected = on(smallTrace(), "--gpus", "8", "--policy", "static-best").out();
        for (boolean gzip : new boolean[] {false, true}) {
            var answer = withInput(bytes(smallTrace(), gzip));
            assertThat(answer.exit()).as(answer.err()).isZero();
            assertThat(answer.out()).isEqualTo(expected.replace("Trace trace:", "Trace stdin:"));
        }
    }

    private static byte[] bytes(String text, boolean gzip) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = gzip ? new GZIPOutputStream(bytes) : bytes) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static Answer withInput(byte[] input) {
        var usual = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            return run("--trace", "-", "--gpus", "8", "--policy", "static-best");
        } finally {
            System.setIn(usual);
        }
    }

    @Test
    void names_that_are_not_known_are_answered_with_the_nearest_and_the_known() {
        assertRefused(run("--trace", "gen:steady", "--model", "lama-3.1-70b"), "llama-3.1-70b");
        assertRefused(run("--trace", "gen:steady", "--gpu", "b20"), "b200");
        assertRefused(run("--trace", "gen:steady", "--policy", "ratemach"), "ratematch", "two-hpa");
        assertRefused(run("--trace", "gen:stead"), "steady", "phase-inversion");
        assertRefused(run("--trace", "gen:steady", "--transfer-mode", "pul"), "pull", "layerwise");
        assertRefused(run("--trace", "gen:steady", "--format", "xml"), "json", "table");
    }

    @Test
    void a_budget_below_one_engine_of_each_role_says_how_many_gpus_are_missing() {
        assertRefused(run("--trace", "gen:steady", "--gpus", "3"), "1", "missing");
    }

    @Test
    void values_without_sense_name_the_option_and_what_would_be_right() {
        assertRefused(run("--trace", "gen:steady", "--ttft", "2"), "--ttft", "2s");
        assertRefused(run("--trace", "gen:steady", "--rate-scale", "x"), "--rate-scale", "auto");
        assertRefused(
                run("--trace", "gen:steady", "--report", "no/such/folder/r.html"), "--report");
        assertRefused(run("--trace", "gen:steady", "--window", "soon"), "soon");
    }

    @Test
    void an_option_that_is_unknown_or_out_of_range_is_refused_with_what_is_known()
            throws Exception {
        assertRefused(
                run("--trace", "gen:steady", "--option", "minGian=0.1"),
                "options.minGian (0.1) is not known",
                "did you mean \"minGain\"",
                "maxStepReplicas (1 to 100000)");
        assertRefused(
                run("--trace", "gen:steady", "--option", "minGain=2"),
                "options.minGain (2) must be a number from 0 to 1");
        assertRefused(
                run("--trace", "gen:steady", "--option", "minGain=much"),
                "options.minGain (\"much\") must be a number");
        assertRefused(run("--trace", "gen:steady", "--option", "minGain"), "KEY=VALUE");
        var file = folder.resolve("service.yaml");
        Files.writeString(file, "behavior: {decode: {scaleUp: {selectPolicy: Most}}}");
        assertRefused(
                run("--trace", "gen:steady", "--service", file.toString()),
                "behavior.decode.scaleUp.selectPolicy \"Most\" is not known",
                "Max, Min, Disabled");
    }

    @Test
    void options_and_a_service_file_reach_the_controller() throws Exception {
        var file = folder.resolve("service.yaml");
        var journal = folder.resolve("journal.jsonl");
        Files.writeString(
                file,
                """
                min_budget_gpus: 8
                options: {minGain: 0.2, demandMargin: 0.4}
                behavior: {decode: {scaleUp: {policies: [{type: Pods, value: 1, periodSeconds: 60}]}}}
                """);
        var answer =
                on(
                        smallTrace(),
                        "--gpus=8",
                        "--policy=ratematch",
                        "--service=" + file,
                        "--option=demandMargin=0.5",
                        "--journal=" + journal);
        assertThat(answer.exit()).as(answer.err()).isZero();
        var written = new ObjectMapper().readTree(Files.readAllLines(journal).getFirst());
        var service = written.get("service");
        assertThat(service.get("min_budget_gpus").asInt()).isEqualTo(8);
        assertThat(service.at("/options/demandMargin").asDouble()).isEqualTo(0.5);
        assertThat(service.at("/options/minGain").asDouble()).isEqualTo(0.2);
        assertThat(service.at("/behavior/decode/scaleUp/policies/0/type").asText())
                .isEqualTo("Replicas");
    }

    @Test
    void a_trace_that_is_empty_unsorted_or_no_trace_is_refused_by_its_line() throws Exception {
        assertRefused(on(""), "trace.csv");
        assertRefused(on("arrival_s,input_tokens,output_tokens\n"), "trace.csv");
        assertRefused(on("arrival_s,input_tokens,output_tokens\n5,10,10\n1,10,10\n"), "3");
        assertRefused(on("arrival_s,input_tokens,output_tokens\n1,0,10\n"), "input_tokens", "0");
        assertRefused(on("<!DOCTYPE html><html></html>"), "trace.csv");
    }

    private static void assertRefused(Answer answer, String... texts) {
        assertThat(answer.exit()).as(answer.err()).isEqualTo(2);
        assertThat(answer.err()).contains(texts);
        assertThat(answer.out()).isEmpty();
    }

    /// In the legend of the report.
    private static final String SWITCHES = "switching roles";

    /// The same traffic, seed and law, with replicas that need not stop and start.
    @Test
    void replicas_that_change_their_role_serve_more_and_lose_nothing() throws Exception {
        var report = folder.resolve("switches.html");
        var scaled = shifting("--actuation", "scale", "--report", report.toString());
        assertThat(report).content().contains("starting or draining").doesNotContain(SWITCHES);
        var switched =
                shifting(
                        "--actuation",
                        "both",
                        "--switch-time",
                        "2s",
                        "--switches-at-once",
                        "4",
                        "--report",
                        report.toString());
        assertThat(report).content().contains(SWITCHES);
        assertThat(switched.get("good").asInt()).isGreaterThan(scaled.get("good").asInt());
        assertThat(switched.get("dropped").asInt()).isZero();
        var refused =
                shifting("--actuation", "switch", "--switch-time", "2s", "--switch-refused", "100");
        assertThat(refused.get("good").asInt()).isLessThan(switched.get("good").asInt());
    }

    private static JsonNode shifting(String... more) throws IOException {
        var args =
                new ArrayList<>(
                        List.of(
                                "--trace",
                                "gen:phase-inversion",
                                "--window",
                                "15m-45m",
                                "--gpus",
                                "16",
                                "--policy",
                                "ratematch",
                                "--format",
                                "json"));
        args.addAll(List.of(more));
        return new ObjectMapper().readTree(run(args).out()).at("/runs/0");
    }

    @Test
    void a_way_that_there_is_not_and_replicas_of_two_widths_are_refused() throws IOException {
        assertThat(on(smallTrace(), "--actuation", "swap").err())
                .contains("actuation (swap) must be scale, switch or both");
        assertThat(on(smallTrace(), "--actuation", "both", "--decode-parallel", "tp4").err())
                .contains("actuation (both) needs replicas of one width");
        assertThat(on(smallTrace(), "--actuation", "both", "--switch-refused", "110").err())
                .contains("--switch-refused (110");
    }
}
