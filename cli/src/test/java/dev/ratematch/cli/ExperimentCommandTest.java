package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExperimentCommandTest {

    @TempDir private Path folder;

    private record Answer(int exit, String out, String err) {}

    private static Answer run(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var command = new CommandLine(new ExperimentCommand());
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return new Answer(command.execute(args), out + "", err + "");
    }

    @Test
    void a_study_prints_its_answer_first_and_writes_json_a_page_and_markdown() throws IOException {
        var answer =
                run(
                        "small-pools",
                        "--model",
                        "llama-3.1-8b",
                        "--gpus",
                        "8",
                        "--out",
                        folder.resolve("pages").toString(),
                        "--markdown",
                        folder.resolve("docs").toString());
        assertThat(answer.exit()).isZero();
        assertThat(answer.out()).startsWith("8 GPUs of llama-3.1-8b serve");
        String said = answer.out().lines().findFirst().orElseThrow();
        var json =
                new ObjectMapper()
                        .readTree(Files.readString(folder.resolve("pages/small-pools.json")));
        assertThat(json.at("/answer").asText()).isEqualTo(said);
        assertThat(json.at("/tables/0/rows").size()).isEqualTo(1);
        assertThat(folder.resolve("pages/small-pools.html")).exists();
        assertThat(Files.readString(folder.resolve("docs/small-pools.md")))
                .contains("small-pools-1.svg");
        assertThat(folder.resolve("docs/small-pools-1.svg")).exists();
    }

    @Test
    void an_engine_that_nobody_measured_is_refused_with_those_that_were() {
        var answer =
                run("elasticity", "--quick", "--model", "llama-3.1-8b", "--out", folder.toString());
        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err())
                .contains("no measured step times for llama-3.1-8b b200")
                .contains("deepseek-r1 gb200");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void what_is_no_format_is_refused() {
        var answer = run("small-pools", "--format", "xml");
        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("--format \"xml\" is not known", "table, json");
    }

    @Test
    void a_folder_that_is_a_file_is_said() throws IOException {
        var file = Files.writeString(folder.resolve("taken"), "mine");
        var answer =
                run(
                        "small-pools",
                        "--model",
                        "llama-3.1-8b",
                        "--gpus",
                        "8",
                        "--out",
                        file.toString());
        assertThat(answer.exit()).isEqualTo(1);
        assertThat(answer.err()).contains("A file could not").contains("taken");
        assertThat(Files.readString(file)).isEqualTo("mine");
    }
}
