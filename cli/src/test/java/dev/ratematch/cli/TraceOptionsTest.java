package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Every command that reads a trace reads it alike.
class TraceOptionsTest {

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object command, Path trace, String... more) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var args = new ArrayList<>(List.of("--trace", trace.toString()));
        args.addAll(List.of(more));
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(String[]::new));
    }

    private int simulate(Path trace, String... more) {
        var args = new ArrayList<>(List.of("--gpus", "8", "--policy", "static-best"));
        args.addAll(List.of(more));
        return run(new SimulateCommand(), trace, args.toArray(String[]::new));
    }

    private Path trace(IntFunction<String> row) throws IOException {
        var text = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            text.append(row.apply(i)).append('\n');
        }
        return Files.writeString(folder.resolve("t.jsonl"), text);
    }

    private Path inSeconds() throws IOException {
        return trace(
                i ->
                        "{\"timestamp\": %s, \"input_length\": 900, \"output_length\": 60}"
                                .formatted(i * 0.25));
    }

    @Test
    void secondsAreSeenAndTheAnswerSaysSo() throws IOException {
        assertThat(simulate(inSeconds())).as(err.toString()).isZero();
        assertThat(out.toString()).contains("300 requests in 75 s");
        assertThat(err.toString())
                .contains("Notice: timestamp is taken as seconds", "--time-unit says otherwise");
        assertThat(simulate(inSeconds(), "--time-unit=s")).isZero();
        assertThat(out.toString()).contains("300 requests in 75 s");
        assertThat(err.toString()).doesNotContain("Notice");
    }

    @Test
    void enginesReadTheSameWay() throws IOException {
        String[] quick = {"--port=0", "--for=1s"};
        assertThat(run(new EnginesCommand(), inSeconds(), quick)).as(err.toString()).isZero();
        assertThat(err.toString()).contains("Notice: timestamp is taken as seconds");
        assertThat(run(new EnginesCommand(), inSeconds(), "--port=0", "--time-unit=ns"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("timestamp (0 to 74.75) as nanoseconds");
    }

    @Test
    void whatNoFileCanMeanIsRefused() throws IOException {
        var absurd = folder.resolve("t.csv");
        var text = new StringBuilder("arrival_ms,input_tokens,output_tokens\n");
        for (int i = 0; i < 300; i++) {
            text.append(i * 0.25).append(",900,60\n");
        }
        Files.writeString(absurd, text);
        assertThat(simulate(absurd)).isEqualTo(2);
        assertThat(err.toString())
                .contains("arrival_ms (0 to 74.75) as milliseconds", "Say what it counts")
                .contains("--time-unit s");
        assertThat(simulate(absurd, "--time-unit=s")).as(err.toString()).isZero();
        assertThat(simulate(absurd, "--time-unit=h")).isEqualTo(2);
        assertThat(err.toString()).contains("--time-unit", "us");
        assertThat(simulate(Path.of("gen:steady"), "--time-unit=s")).isEqualTo(2);
        assertThat(err.toString()).contains("gen:steady reads none");
    }

    @Test
    void blocksOfAnotherSizeShareNoMoreThanTheyHold() throws IOException {
        assertThat(simulate(blocks(512), "--format=json")).as(err.toString()).isZero();
        assertThat(err.toString()).doesNotContain("hash_ids");
        String usual = out.toString();
        assertThat(simulate(blocks(64), "--format=json")).as(err.toString()).isZero();
        assertThat(out.toString()).isEqualTo(usual);
        assertThat(err.toString()).contains("Notice: hash_ids are taken as blocks of 64 tokens");
        assertThat(simulate(blocks(64), "--format=json", "--block-size=0")).isZero();
        assertThat(out.toString()).isNotEqualTo(usual);
        assertThat(simulate(blocks(64), "--block-size=512")).isEqualTo(2);
        assertThat(err.toString()).contains("--block-size (512) does not fit line 1");
    }

    /// Prompts of 2560 tokens whose first 512 are the same.
    private Path blocks(int size) throws IOException {
        return trace(
                i -> {
                    var ids = new StringBuilder();
                    for (int block = 0; block < 2560 / size; block++) {
                        boolean shared = (block + 1) * size <= 512;
                        ids.append(block == 0 ? "" : ", ")
                                .append(shared ? block : 1000 + 100 * i + block);
                    }
                    return "{\"timestamp\": %d, \"input_length\": 2560, \"output_length\": 60, \"hash_ids\": [%s]}"
                            .formatted(100 * i + 1, ids);
                });
    }
}
