package dev.ratematch.harness.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where traces come from: files, standard input, gzip whole and broken.
class TraceSourcesTest {

    private static final TraceReader.Options STRICT = TraceReader.Options.defaults();
    private static final String TEXT = "arrival_s,input_tokens,output_tokens\n1.5,10,2\n4,11,3\n";

    @TempDir private Path folder;

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(bytes(text));
        }
        return bytes.toByteArray();
    }

    @Test
    void aDashReadsStandardInputPlainOrGzipped() throws IOException {
        var plain = TraceReader.read("-", STRICT, stream(bytes(TEXT)));
        assertThat(plain.format()).isEqualTo("ratematch");
        assertThat(plain.trace().name()).isEqualTo("stdin");
        assertThat(plain.trace().requests()).hasSize(2);
        var zipped = TraceReader.read("-", STRICT, stream(gzip(TEXT)));
        assertThat(zipped.trace()).isEqualTo(plain.trace());
        assertThatThrownBy(() -> TraceReader.read("-", STRICT, stream(new byte[0])))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageStartingWith("stdin is empty");
    }

    @Test
    void aFileIsReadWhateverItsEndingAndStandardInputLeftAlone() throws IOException {
        var file = Files.write(folder.resolve("load.csv"), gzip(TEXT));
        var loaded = TraceReader.read(file.toString(), STRICT, stream(bytes("nothing")));
        assertThat(loaded.trace().name()).isEqualTo("load");
        assertThat(loaded.trace().requests()).hasSize(2);
        assertThat(TraceReader.read(file, STRICT).trace()).isEqualTo(loaded.trace());
    }

    @Test
    void aMissingFileOrAFolderIsNamed() {
        var missing = folder.resolve("no-such.csv");
        assertThatThrownBy(() -> TraceReader.read(missing.toString(), STRICT))
                .isInstanceOf(TraceFormatException.class)
                .hasMessage(
                        "Trace %s does not exist; name a file, or - for standard input.", missing);
        assertThatThrownBy(() -> TraceReader.read(folder, STRICT))
                .isInstanceOf(TraceFormatException.class)
                .hasMessage("Trace %s is a folder; name one file in it.", folder);
    }

    @Test
    void brokenGzipIsNamedWhereverItBreaks() throws IOException {
        var whole = gzip(TEXT + "5,11,3\n".repeat(2000));
        byte[] badChecksum = whole.clone();
        badChecksum[whole.length - 6] ^= 0x55;
        byte[][] broken = {
            Arrays.copyOf(whole, 2),
            Arrays.copyOf(whole, 5),
            Arrays.copyOf(whole, whole.length / 2),
            Arrays.copyOf(whole, whole.length - 4),
            badChecksum
        };
        for (byte[] content : broken) {
            var file = Files.write(folder.resolve("cut.csv.gz"), content);
            assertThatThrownBy(() -> TraceReader.read(file, STRICT))
                    .as("%d of %d bytes", content.length, whole.length)
                    .isInstanceOf(TraceFormatException.class)
                    .hasMessageStartingWith(file.toString())
                    .hasMessageContaining("gzip data is broken or cut off")
                    .hasMessageNotContaining("null");
        }
    }

    @Test
    void ticksAreSpreadAlikeForTheSameSeedOnly() throws IOException {
        var text = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            text.append(
                    "{\"timestamp\": %d, \"input_length\": 9, \"output_length\": 5}\n"
                            .formatted(i / 10 * 3000));
        }
        var first = spread(text.toString(), 5);
        assertThat(spread(text.toString(), 5).requests()).isEqualTo(first.requests());
        assertThat(spread(text.toString(), 6).requests()).isNotEqualTo(first.requests());
    }

    private static Trace spread(String text, long seed) throws IOException {
        var options = new TraceReader.Options(false, true, seed);
        return TraceReader.read("t", stream(bytes(text)), options).trace();
    }
}
