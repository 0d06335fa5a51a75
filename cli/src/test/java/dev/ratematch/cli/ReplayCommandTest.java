package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCommandTest {

    @TempDir private static Path folder;
    private static List<String> recorded = List.of();

    private record Answer(int exit, String out, String err) {
        JsonNode json() throws Exception {
            return new ObjectMapper().readTree(out);
        }
    }

    private static Answer run(Object command, String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var line = new CommandLine(command);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return new Answer(line.execute(args), out + "", err + "");
    }

    /// A journal in which the fleet moves: long prompts turn into long answers.
    private static List<String> moved() throws Exception {
        var text = new StringBuilder("arrival_s,input_tokens,output_tokens\n");
        for (int i = 0; i < 20_000; i++) {
            text.append(i * 0.03).append(i < 10_000 ? ",3000,60\n" : ",300,600\n");
        }
        var trace = folder.resolve("turning.csv");
        Files.writeString(trace, text);
        var journal = folder.resolve("moved.jsonl");
        var answer =
                run(
                        new SimulateCommand(),
                        "--trace=" + trace,
                        "--gpus=8",
                        "--ttft=2.3s",
                        "--policy=ratematch",
                        "--journal=" + journal);
        assertThat(answer.exit()).as(answer.err()).isZero();
        return Files.readAllLines(journal);
    }

    private static Answer replay(List<String> lines, String... more) throws Exception {
        var file = folder.resolve("replayed.jsonl");
        Files.writeString(file, String.join("\n", lines));
        var args = new ArrayList<>(List.of(file.toString()));
        args.addAll(List.of(more));
        return run(new ReplayCommand(), args.toArray(String[]::new));
    }

    @BeforeAll
    static void aRunIsRecorded() throws Exception {
        var text = new StringBuilder("arrival_s,input_tokens,output_tokens\n");
        for (int i = 0; i < 3000; i++) {
            boolean early = i < 1500;
            text.append(i * 0.1).append(early ? ",3000,60\n" : ",300,600\n");
        }
        var trace = folder.resolve("trace.csv");
        Files.writeString(trace, text);
        var journal = folder.resolve("run.jsonl");
        var answer =
                run(
                        new SimulateCommand(),
                        "--trace=" + trace,
                        "--gpus=8",
                        "--ttft=2.3s",
                        "--policy=ratematch",
                        "--journal=" + journal);
        assertThat(answer.exit()).as(answer.err()).isZero();
        recorded = Files.readAllLines(journal);
        assertThat(recorded).hasSizeGreaterThan(15);
    }

    @Test
    void aSimulationIsDecidedAgainIdentically() throws Exception {
        var answer = replay(recorded, "--format=json");
        assertThat(answer.exit()).as(answer.out() + answer.err()).isZero();
        assertThat(answer.out().strip())
                .isEqualTo(
                        "{\"cycles\":%d,\"identical\":true,\"first_difference\":null}"
                                .formatted(recorded.size() - 1));
        assertThat(replay(recorded).out()).contains("all as recorded");
    }

    @Test
    void whatWasRecordedOtherwiseIsNamedWithLineAndField() throws Exception {
        var lines = new ArrayList<>(recorded);
        lines.set(7, lines.get(7).replaceFirst("\"prefill\":\\d+", "\"prefill\":99"));
        var answer = replay(lines, "--format=json");
        assertThat(answer.exit()).isEqualTo(1);
        var first = answer.json().get("first_difference");
        assertThat(first.get("line").asInt()).isEqualTo(8);
        assertThat(first.get("field").asText()).isEqualTo("prefill");
        assertThat(first.get("recorded").asInt()).isEqualTo(99);
        assertThat(first.get("replayed").asInt()).isLessThan(99);
        assertThat(replay(lines).out()).contains("line 8", "prefill was 99");
    }

    @Test
    void aLastLineThatIsCutOffIsSaidAndWhatIsBeforeItIsReplayed() throws Exception {
        var lines = new ArrayList<>(recorded);
        lines.set(lines.size() - 1, lines.getLast().substring(0, 50));
        var answer = replay(lines, "--format=json");
        assertThat(answer.exit()).isZero();
        assertThat(answer.json().get("cycles").asInt()).isEqualTo(recorded.size() - 2);
        assertThat(answer.err()).contains("line %d, the last, is cut off".formatted(lines.size()));
    }

    @Test
    void aDamagedLineAndAGapEndTheChainUpToTheNextService() throws Exception {
        var damaged = new ArrayList<>(recorded);
        damaged.set(4, damaged.get(4).substring(0, 50));
        damaged.addAll(recorded);
        var answer = replay(damaged, "--format=json");
        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("line 5 is damaged");
        assertThat(answer.json().get("cycles").asInt()).isEqualTo(3 + recorded.size() - 1);
        assertThat(answer.json().get("skipped").asInt()).isEqualTo(recorded.size() - 5);

        var gap = new ArrayList<>(recorded);
        gap.remove(4);
        answer = replay(gap, "--format=json");
        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("line 5 is cycle 5 and follows cycle 3: there is a gap");
    }

    @Test
    void cyclesBeforeAnyServiceAreSaid() throws Exception {
        var answer = replay(recorded.subList(1, recorded.size()));
        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("line 1 is a cycle before any service line");
    }

    @Test
    void whatIsNoJournalIsRefusedWithWhatIsRight() throws Exception {
        var missing = run(new ReplayCommand(), folder.resolve("none.jsonl").toString());
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err()).contains("none.jsonl) does not exist");
        for (var text : List.of("hello", "{\"a\":1}", "")) {
            var answer = replay(List.of(text));
            assertThat(answer.exit()).as(text).isEqualTo(2);
            assertThat(answer.err()).contains("line 1: ", "JSON Lines of version 3");
        }
        var old = replay(List.of(recorded.getFirst(), "{\"version\":1,\"at_s\":3}"));
        assertThat(old.exit()).isEqualTo(2);
        assertThat(old.err()).contains("line 2: version (1) must be 3");
        var service = new ArrayList<>(recorded);
        service.set(0, service.getFirst().replace("\"b200\"", "\"abacus\""));
        assertThat(replay(service).err()).contains("line 1: ", "abacus");
        assertThat(replay(recorded, "--format=xml").err()).contains("--format", "xml");
    }

    @Test
    void aJournalNeedsThePolicyThatWritesIt() {
        var answer =
                run(
                        new SimulateCommand(),
                        "--trace=gen:phase-inversion",
                        "--policy=bound",
                        "--journal=" + folder.resolve("j"));
        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err())
                .contains("--journal (", "--policy (bound) to include ratematch once");
    }

    @Test
    void theFilesOfARotatedRunAreDecidedAgainAloneAndInTurn() throws Exception {
        var run = folder.resolve("rotated.jsonl");
        var answer =
                run(
                        new SimulateCommand(),
                        "--trace=" + folder.resolve("trace.csv"),
                        "--gpus=8",
                        "--ttft=2.3s",
                        "--policy=ratematch",
                        "--journal=" + run,
                        "--journal-mib=0.06",
                        "--journal-keep=9");
        assertThat(answer.exit()).as(answer.err()).isZero();

        var older = folder.resolve("rotated.jsonl.1");
        var alone = run(new ReplayCommand(), older.toString());
        assertThat(alone.exit()).as(alone.out() + alone.err()).isZero();
        var all = run(new ReplayCommand(), older.toString(), run.toString(), "--format=json");
        assertThat(all.exit()).as(all.out() + all.err()).isZero();
        assertThat(all.json().get("cycles").asInt()).isEqualTo(recorded.size() - 1);
    }

    @Test
    void aSizeOrANumberOfFilesOutOfRangeNamesItself() {
        for (var wrong : List.of("--journal-mib=0", "--journal-keep=-1")) {
            var answer =
                    run(
                            new SimulateCommand(),
                            "--trace=gen:phase-inversion",
                            "--policy=ratematch",
                            "--journal=" + folder.resolve("j"),
                            wrong);
            assertThat(answer.exit()).as(wrong).isEqualTo(2);
            assertThat(answer.err()).contains(wrong.replace("=", " ("), "must be");
        }
    }

    @Test
    void whatReplayWouldRefuseIsNotSimulated() {
        var answer = run(new SimulateCommand(), "--trace=gen:x", "--percentile=40");
        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("slo.percentile (40.0) must be", "50");
    }

    @Test
    void aScoreSaysWhatWasPromisedAndWhatCame() throws Exception {
        var lines = moved();
        var text = replay(lines, "--score");
        assertThat(text.exit()).as(text.err()).isZero();
        assertThat(text.out())
                .contains(
                        "TTFT mean, ms",
                        "followed",
                        "Off in the median, for the traffic that came");

        var json = replay(lines, "--score", "--format=json").json();
        assertThat(json.get("identical").asBoolean()).isTrue();
        var scores = json.at("/scores/0");
        var first = scores.at("/recommendations/0");
        assertThat(first.at("/promise/expected_requests_per_second").asDouble()).isPositive();
        assertThat(first.at("/to/prefill").asInt()).isPositive();
        assertThat(scores.at("/median_error/as_it_came/served/of").isInt()).isTrue();
        assertThat(first.at("/as_it_came/itl_mean_s/error").asDouble()).isBetween(-0.15, 0.15);
        assertThat(replay(recorded.subList(0, 2), "--score").out())
                .contains("Nothing was recommended");
    }

    @Test
    void aScoreOfADamagedJournalSaysSoAndBooksTheWholePart() throws Exception {
        var lines = new ArrayList<>(moved());
        lines.set(lines.size() - 1, lines.getLast().substring(0, 50));
        var cut = replay(lines, "--score");
        assertThat(cut.exit()).isZero();
        assertThat(cut.err()).contains("the last, is cut off");
        assertThat(cut.out()).contains("followed");

        lines.set(7, lines.get(7).replaceFirst("\"prefill\":\\d+", "\"prefill\":99"));
        var other = replay(lines, "--score");
        assertThat(other.exit()).isEqualTo(1);
        assertThat(other.err()).contains("1 cycle comes out differently with this build");
        assertThat(replay(List.of("hello"), "--score").exit()).isEqualTo(2);
    }
}
