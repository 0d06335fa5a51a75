package dev.ratematch.harness.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class TraceReaderTest {

    private static final TraceReader.Options STRICT = TraceReader.Options.defaults();
    private static final TraceReader.Options SKIP = new TraceReader.Options(true, true, 1);

    private static TraceReader.Loaded read(String text, TraceReader.Options options)
            throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return TraceReader.read("t.csv", new ByteArrayInputStream(bytes), options);
    }

    @Test
    void azureTimesKeepTheirSevenDecimals() throws IOException {
        var loaded =
                read(
                        """
                        TIMESTAMP,ContextTokens,GeneratedTokens\r
                        2023-11-16 23:59:59.9799600,4808,10\r
                        2023-11-17 00:00:00.0319601,3180,8\r
                        """,
                        STRICT);
        assertThat(loaded.format()).isEqualTo("azure");
        assertThat(loaded.trace().requests().get(1).arrivalNanos()).isEqualTo(52_000_100);
        assertThat(loaded.trace().requests().get(1).outputTokens()).isEqualTo(8);
    }

    @Test
    void mooncakeIsSpreadWithinItsTickAndKeepsBlocks() throws IOException {
        String text =
                """
                {"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0, 1]}
                {"timestamp": 0, "input_length": 700, "output_length": 6, "hash_ids": [0, 2]}
                {"timestamp": 3000, "input_length": 800, "output_length": 7, "hash_ids": [0, 3]}
                """;
        var spread = read(text, STRICT).trace();
        assertThat(spread.durationNanos()).isEqualTo(6_000_000_000L);
        assertThat(spread.requests().get(0).arrivalNanos()).isBetween(1L, 2_999_999_999L);
        assertThat(spread.requests().get(2).arrivalNanos()).isGreaterThan(3_000_000_000L);
        assertThat(spread.requests().get(1).prefix().ids()).containsExactly(0, 2);
        assertThat(spread.requests().get(1).prefix().blockTokens()).isEqualTo(512);
        var asIs = read(text, new TraceReader.Options(false, false, 1)).trace();
        assertThat(asIs.requests().get(1).arrivalNanos()).isZero();
    }

    @Test
    void bailianCountsSecondsAndSmallBlocks() throws IOException {
        var loaded =
                read(
                        """
                        {"chat_id":1,"timestamp":1.5,"input_length":20,"output_length":3,"hash_ids":[7,8]}
                        {"chat_id":2,"timestamp":2.25,"input_length":20,"output_length":3}
                        """,
                        STRICT);
        assertThat(loaded.format()).isEqualTo("qwen-bailian");
        assertThat(loaded.trace().requests().get(0).prefix().blockTokens()).isEqualTo(16);
        assertThat(loaded.trace().requests().get(1).arrivalNanos()).isEqualTo(750_000_000);
    }

    @Test
    void burstGptDropsFailuresInBothVariants() throws IOException {
        var one =
                read(
                        """
                        Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
                        5,ChatGPT,472,18,490,Conversation log
                        45,GPT-4,30,0,30,API log
                        """,
                        STRICT);
        assertThat(one.trace().requests()).hasSize(1);
        assertThat(one.failedRows()).isEqualTo(1);
        var three =
                read(
                        "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,"
                                + "Total tokens,Log Type\n5.5,a,1,ChatGPT,47,18,65,API log\n",
                        STRICT);
        assertThat(three.trace().requests().get(0).inputTokens()).isEqualTo(47);
    }

    @Test
    void ownFormatKeepsSegmentsAndGzipIsSeenByItsBytes() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(
                    "arrival_s,input_tokens,output_tokens,segment\n1.5,10,2,a\n4,11,3,b\n"
                            .getBytes(StandardCharsets.UTF_8));
        }
        var in = new ByteArrayInputStream(bytes.toByteArray());
        var trace = TraceReader.read("x", in, STRICT).trace();
        assertThat(trace.segments())
                .containsExactly(
                        new Segment("a", 0, 4_000_000_000L),
                        new Segment("b", 4_000_000_000L, 5_000_000_000L));
        var cut = trace.window(4_000_000_000L, 9_000_000_000L);
        assertThat(cut.segments()).containsExactly(new Segment("b", 0, 1_000_000_000L));
        assertThat(cut.requests().get(0).arrivalNanos()).isZero();
    }

    @Test
    void aBadRowIsNamedOrCounted() throws IOException {
        String text = "arrival_s,input_tokens,output_tokens\n0,5,5\n1,abc,5\n2,0,5\n1,5,5\n3,5\n";
        assertThatThrownBy(() -> read(text, STRICT))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("t.csv:3: input_tokens (abc) must be a whole number");
        var loaded = read(text, SKIP);
        // A bad row does not move the clock on, so the second row at 1 s is in order.
        assertThat(loaded.skippedRows()).isEqualTo(3);
        assertThat(loaded.trace().requests()).hasSize(2);
        assertThatThrownBy(
                        () -> read("arrival_ms,input_tokens,output_tokens\n9,5,5\n4,5,5\n", STRICT))
                .hasMessageContaining("t.csv:3: arrival_ms (4) is before the row above");
    }

    @Test
    void whatIsNoTraceIsRefusedWithAReason() {
        assertThatThrownBy(() -> read("", STRICT)).hasMessageContaining("is empty");
        assertThatThrownBy(() -> read("<html>\n", STRICT)).hasMessageContaining("HTML");
        assertThatThrownBy(() -> read("a,b\n1,2\n", STRICT)).hasMessageContaining("Known formats");
        assertThatThrownBy(() -> read("{\"a\":1}\n", STRICT)).hasMessageContaining("JSON");
    }

    @Test
    void windowsAreReadWithUnits() {
        assertThat(Window.parse("30m-1.5h"))
                .isEqualTo(new Window(1_800_000_000_000L, 5_400_000_000_000L));
        assertThatThrownBy(() -> Window.parse("2h-1h")).hasMessageContaining("must end after");
        assertThatThrownBy(() -> Window.parse("1-2")).hasMessageContaining("0h-2h");
    }

    @Test
    void sharedTracesHaveTheirPublishedRowCounts() throws IOException {
        var root = Path.of(System.getProperty("ratematch.root", "."), "..", "shared", "traces");
        String given = System.getenv("RATEMATCH_SHARED");
        var folder = given == null ? root : Path.of(given, "traces");
        if (!Files.isDirectory(folder)) {
            System.out.println("Shared traces absent: a generated sample is read instead.");
            var text = new StringBuilder("arrival_ms,input_tokens,output_tokens\n");
            for (int i = 0; i < 1000; i++) {
                text.append(10 * i).append(",5,6\n");
            }
            assertThat(read(text.toString(), STRICT).trace().requests()).hasSize(1000);
            return;
        }
        var counts =
                Map.of(
                        "azure-2023-conv.part1.csv.gz", 13828,
                        "azure-2023-code.part1.csv.gz", 7148,
                        "mooncake-fast25-conversation.part1.jsonl.gz", 6758,
                        "servegen-deepseek-r1.resampled.part1.csv.gz", 216145,
                        "servegen-m-large-day04.resampled.csv.gz", 131070,
                        "aibrix-autoscaling-8min.csv", 2026);
        for (var entry : counts.entrySet()) {
            var loaded = TraceReader.read(folder.resolve(entry.getKey()), STRICT);
            assertThat(loaded.trace().requests()).as(entry.getKey()).hasSize(entry.getValue());
        }
    }
}
