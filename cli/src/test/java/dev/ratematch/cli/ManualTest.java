package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What shells and `man` are given, and what `--version` says.
class ManualTest {

    private static String printed(String... args) {
        var out = new StringWriter();
        assertThat(Main.command().setOut(new PrintWriter(out)).execute(args)).isZero();
        return out.toString();
    }

    private static String ran(Path folder, String... command)
            throws IOException, InterruptedException {
        var output = folder.resolve("output");
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    @Test
    void bashCompletesCommandsAndOptions(@TempDir Path folder)
            throws IOException, InterruptedException {
        var script = Files.writeString(folder.resolve("completion"), printed("completion"));
        String typed =
                """
                source %s
                COMP_WORDS=(ratematch plan --mod) COMP_CWORD=2
                _complete_ratematch ratematch --mod plan
                printf '%%s\\n' "${COMPREPLY[@]}"
                """
                        .formatted(script);
        assertThat(ran(folder, "bash", "-c", typed)).contains("--model", "--model-config");
    }

    @Test
    void everyCommandHasAPage(@TempDir Path folder) throws IOException {
        printed("man", "--out", folder.toString());
        assertThat(folder.resolve("ratematch.1")).content().contains("recommend", "EXIT STATUS");
        assertThat(folder.resolve("ratematch-experiment-reuse.1")).exists();
        var plan = Files.readString(folder.resolve("ratematch-plan.1"));
        assertThat(plan)
                .contains(".TH \"RATEMATCH\\-PLAN\" 1", ".SH \"OPTIONS\"")
                .contains("\\fB\\-\\-gpus=N\\fR\nGPU budget of both pools together.")
                .contains("no plan meets the targets")
                .isEqualTo(printed("man", "plan"))
                .doesNotContain("${")
                .doesNotContain("%n");
        // A line that begins with a dot and is no macro would vanish.
        assertThat(plan.lines().filter(line -> line.startsWith(".")))
                .allMatch(line -> line.matches("\\.(TH|SH|TP|PP|nf|fi)( .*)?"));
    }

    @Test
    void theVersionSaysWhatTheFiguresRestOn() {
        assertThat(printed("--version").lines())
                .hasSize(4)
                .anyMatch(line -> line.matches("ratematch \\S+"))
                .anyMatch(line -> line.startsWith("commit: "))
                .anyMatch(line -> line.startsWith("JDK:      " + Runtime.version()))
                .anyMatch(line -> line.matches("profiles: b200 [0-9a-f]{8}, b300 .*, serving .*"));
    }
}
