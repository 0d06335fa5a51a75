package dev.ratematch.sizing.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ratematch.costmodel.table.Row;
import dev.ratematch.costmodel.table.Table;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CsvFileTest {

    @TempDir private Path folder;

    private static Table table(String text) {
        return CsvFile.parse("t.csv", text);
    }

    private static byte[] zipped(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    void gzipIsRecognisedFromContent() throws IOException {
        var file = Files.write(folder.resolve("plain.csv"), zipped("a,b\n1,2\n"));
        assertThat(CsvFile.read(file.toString()).rows().getFirst().number("b")).isEqualTo(2);
        byte[] whole = zipped("a,b\n1,2\n");
        var half = new ByteArrayInputStream(Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> CsvFile.read("half.gz", half))
                .hasMessage("half.gz is no whole gzip file.");
    }

    @Test
    void toleratesWhatSpreadsheetsWrite() {
        var table = table("\uFEFF \"Name\" , GPUS\r\n\r\n \"a, \"\"b\"\"\" , 4 \r\nc,\r\n");
        assertThat(table.columns()).containsExactly("name", "gpus");
        assertThat(table.rows().get(0).text("name")).isEqualTo("a, \"b\"");
        assertThat(table.rows().get(0).count("gpus")).isEqualTo(4);
        assertThat(table.rows().get(1).has("gpus")).isFalse();
        assertThat(table.rows().get(1).number("gpus", 7)).isEqualTo(7);
        assertThat(table.rows().get(1).whole("gpus", 7)).isEqualTo(7);
    }

    @Test
    void linesAreThoseOfTheFile() {
        var table = table("\n\na,b\n\n1,2\n   \n\"x\ny\",3\n\n5,6");
        assertThat(table.rows()).extracting(Row::line).containsExactly(5, 7, 10);
    }

    @Test
    void refusesRaggedRowsAndBrokenQuotesByLine() {
        assertThatThrownBy(() -> table("a,b\n\n1,2\n1\n"))
                .hasMessage("t.csv, line 4: 1 fields where the header has 2.");
        assertThatThrownBy(() -> table("a,b\n1,2,3\n"))
                .hasMessage("t.csv, line 2: 3 fields where the header has 2.");
        assertThatThrownBy(() -> table("a,b\n1,\"2\" x\n"))
                .hasMessageStartingWith("t.csv, line 2 is no CSV: ");
    }

    @Test
    void refusesWhatIsNotThere() throws IOException {
        assertThatThrownBy(() -> table(" \n"))
                .hasMessage("t.csv is empty; its first line must name the columns.");
        assertThatThrownBy(() -> CsvFile.read("no/such.csv"))
                .hasMessage("no/such.csv does not exist.");
        var file = Files.write(folder.resolve("t.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> CsvFile.read(file.toString()))
                .hasMessageEndingWith("t.csv must be text in UTF-8.");
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        var text = new StringWriter();
        var cells = List.of("a,b", "say \"x\"", "two\nlines", "", "plain");
        try (var writer = new TableWriter(text, List.of("p", "q", "r", "s", "t"))) {
            writer.line(cells);
        }
        assertThat(text.toString())
                .isEqualTo("p,q,r,s,t\n\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",,plain\n");
        var row = table(text.toString()).rows().getFirst();
        assertThat(List.of("p", "q", "r", "s", "t")).map(row::text).isEqualTo(cells);
    }
}
