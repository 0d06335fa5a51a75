package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The demo over real HTTP: on two minutes of its trace, and once on all of it.
class DemoCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int demo(String... args) {
        return new CommandLine(new DemoCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @Test
    void endsByItselfWithASummaryAJournalAndAPage(@TempDir Path folder) throws Exception {
        var journal = folder.resolve("journal.jsonl");
        var page = folder.resolve("page.html");

        int code =
                demo(
                        "--headless",
                        "--speed=max",
                        "--window=0s-120s",
                        "--journal=" + journal,
                        "--report=" + page);

        assertThat(code).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .contains(
                        "times as many requests within the targets as the best fixed split",
                        "static-right-sized",
                        "Of the gap between best static and bound",
                        "GPU-hours",
                        "Dropped requests: 0",
                        "Commanded changes, by virtual time")
                .doesNotContain("\033[");
        assertThat(Files.readAllLines(journal)).hasSizeGreaterThanOrEqualTo(8);
        assertThat(Files.readString(page)).startsWith("<!doctype html>").contains("ratematch");
    }

    /// What the README shows is what the command prints, and it is worth showing: of the requests
    /// nine in ten are good where no fixed split has seven.
    @Test
    void theReadmeShowsAllThatItPrints() throws Exception {
        assertThat(demo("--headless", "--speed=max")).isZero();

        var root = Path.of(System.getProperty("ratematch.root", "."));
        String readme = Files.readString(root.resolve("README.md"));
        int from = readme.indexOf("```\n", readme.indexOf("<!-- picture -->")) + 4;
        assertThat(readme.substring(from, readme.indexOf("```\n<!-- /picture -->")).lines())
                .as("README.md must show what `make demo ARGS=--headless` prints")
                .containsExactlyElementsOf(out.toString().lines().toList());
        assertThat(attainment("ratematch")).isGreaterThanOrEqualTo(90);
        assertThat(attainment("static-best")).isLessThanOrEqualTo(70);
    }

    /// Of a policy's row, percent.
    private double attainment(String policy) {
        var share =
                Pattern.compile("(?m)^" + Pattern.quote(policy) + " .* ([0-9.]+)%")
                        .matcher(out.toString());
        assertThat(share.find()).as(policy).isTrue();
        return Double.parseDouble(share.group(1));
    }

    @Test
    void anOptionIsRefusedByNameOrTaken(@TempDir Path folder) throws Exception {
        assertThat(demo("--option=minGain=2", "--window=0s-60s")).isEqualTo(2);
        assertThat(err.toString()).contains("options.minGain (2) must be a number from 0 to 1");
        var journal = folder.resolve("journal.jsonl");
        int code =
                demo(
                        "--format=json",
                        "--speed=max",
                        "--window=0s-60s",
                        "--option=minGain=0.2",
                        "--journal=" + journal);
        assertThat(code).isZero();
        var service = new ObjectMapper().readTree(Files.readAllLines(journal).getFirst());
        assertThat(service.at("/service/options/minGain").asDouble()).isEqualTo(0.2);
    }

    @Test
    void writesTheSameJsonForTheSameSeedAtAnySpeed() throws Exception {
        assertThat(demo("--format=json", "--speed=max", "--window=0s-90s", "--seed=3")).isZero();
        String first = out.toString();
        out.getBuffer().setLength(0);
        assertThat(demo("--format=json", "--speed=500", "--window=0s-90s", "--seed=3")).isZero();

        assertThat(out.toString()).isEqualTo(first);
        var json = new ObjectMapper().readTree(first);
        assertThat(json.path("budget_gpus").asInt()).isEqualTo(32);
        assertThat(json.path("seed").asInt()).isEqualTo(3);
        assertThat(json.path("runs").findValuesAsText("policy"))
                .containsExactly("static-best", "static-right-sized", "ratematch", "bound");
    }

    @Test
    void writesPlainLinesWhereThereIsNoTerminal() {
        assertThat(demo("--speed=max", "--window=0s-60s")).isZero();

        assertThat(out.toString()).startsWith("00:00:15  ").doesNotContain("\033[");
    }

    @Test
    void refusesWhatItCannotDoByOptionAndValue(@TempDir Path folder) {
        assertThat(demo("--speed=0")).isEqualTo(2);
        assertThat(demo("--speed=fast")).isEqualTo(2);
        assertThat(demo("--format=xml")).isEqualTo(2);
        assertThat(demo("--journal=" + folder.resolve("none/j.jsonl"))).isEqualTo(2);
        assertThat(demo("--window=9h-10h")).isEqualTo(2);

        assertThat(err.toString())
                .contains("--speed (0) must be a number above 0, or max.")
                .contains("--speed (fast)")
                .contains("--format (xml) must be table or json.")
                .contains("--journal (")
                .contains("--window (9h-10h)");
        assertThat(out.toString()).isEmpty();
    }
}
