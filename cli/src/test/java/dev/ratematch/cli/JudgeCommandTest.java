package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class JudgeCommandTest {

    @TempDir private Path folder;

    private record Answer(int exit, String out, String err) {}

    private static Answer run(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var command = new CommandLine(new JudgeCommand());
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return new Answer(command.execute(args), out + "", err + "");
    }

    @Test
    void a_small_scenario_is_reported_into_a_document_between_its_marks() throws Exception {
        var document = folder.resolve("judge.md");
        Files.writeString(
                document, "before\n<!-- judge: begin -->\nold\n<!-- judge: end -->\nafter\n");
        var answer =
                run(
                        "--scenarios",
                        "pool-4",
                        "--seeds",
                        "1",
                        "--policies",
                        "static-best,ratematch",
                        "--out",
                        folder.resolve("results").toString(),
                        "--write",
                        document.toString());
        assertThat(answer.exit()).as(answer.err()).isZero();
        assertThat(answer.out()).contains("### pool-4", "| `ratematch` |");
        assertThat(Files.readString(document))
                .startsWith("before\n")
                .endsWith("<!-- judge: end -->\nafter\n")
                .contains(answer.out())
                .doesNotContain("old");
    }

    @Test
    void what_is_wrong_is_named_before_anything_runs() {
        assertThat(run("--scenarios", "pool-5").err()).contains("--scenarios \"pool-5\"", "pool-4");
        assertThat(run("--policies", "ratemash").err()).contains("--policies \"ratemash\"");
        assertThat(run("--seeds", "5-1").err()).contains("--seeds (5-1)", "1-5");
        assertThat(run("--option", "noSuch=1").err()).contains("noSuch");
        assertThat(run("--format", "xml").err()).contains("--format \"xml\"", "table, json");
        assertThat(run("--format", "json", "--ablate").err())
                .contains(
                        "--format json only works for a comparison of policies: leave out --ablate");
        assertThat(run("--workers", "0").err()).contains("--workers (0)");
        var document = folder.resolve("none.md").toString();
        assertThat(run("--write", document, "--scenarios", "pool-4").exit()).isNotZero();
    }
}
