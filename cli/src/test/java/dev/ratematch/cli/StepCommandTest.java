package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratematch.controller.filter.StepFilter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepCommandTest {

    @Test
    void every_line_is_answered_and_the_end_of_input_is_success() throws Exception {
        var out = new ByteArrayOutputStream();
        var in = new ByteArrayInputStream("nope\n{\"at_s\":1}".getBytes(StandardCharsets.UTF_8));
        assertThat(StepCommand.filter(new StepFilter(), in, out)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .allMatch(line -> line.contains("\"error\""));
    }

    /// So that whoever drives the filter in process has driven the command.
    @Test
    void the_command_answers_as_the_filter_does() throws Exception {
        var lines = new ArrayList<String>();
        lines.add(
                "{\"ratematch\":1,\"model\":\"llama-3.1-70b\",\"gpu\":\"b200\",\"precision\":\"nvfp4\","
                        + "\"slo\":{\"ttft_ms\":2000,\"itl_ms\":30},\"budget_gpus\":16}");
        for (int at = 15; at <= 90; at += 15) {
            lines.add(
                    ("{\"at_s\":%d,\"window_s\":15,\"prefill\":{\"desired\":1,\"ready\":1},"
                                    + "\"decode\":{\"desired\":1,\"ready\":1},\"traffic\":"
                                    + "{\"arrived\":450,\"isl_mean\":3000,\"osl_mean\":250}}")
                            .formatted(at));
        }
        var out = new ByteArrayOutputStream();
        var in =
                new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        assertThat(StepCommand.filter(new StepFilter(), in, out)).isZero();
        var filter = new StepFilter();
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactlyElementsOf(lines.stream().map(filter::line).toList());
    }

    @Test
    void the_documented_client_works(@TempDir Path folder) throws Exception {
        var root = Path.of(System.getProperty("ratematch.root"));
        String page = Files.readString(root.resolve("docs/step.md"));
        int from = page.indexOf("```java\n") + 8;
        String code = page.substring(from, page.indexOf("```", from));
        assertThat(code.lines().count()).isLessThanOrEqualTo(15);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String launcher =
                "\"%s\", \"-cp\", \"%s\", \"dev.ratematch.cli.Main\""
                        .formatted(java, System.getProperty("java.class.path"));
        assertThat(code).contains("\"./ratematch\"");
        var source = folder.resolve("Client.java");
        Files.writeString(source, code.replace("\"./ratematch\"", launcher));
        var process = new ProcessBuilder(java, source.toString()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines().filter(line -> line.startsWith("{\"line\":"))).hasSize(4);
        assertThat(output).contains("CONFIGURED", "WARMING_UP", "\"resize\"");
    }
}
