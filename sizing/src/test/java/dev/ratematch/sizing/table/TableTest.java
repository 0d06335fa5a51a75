package dev.ratematch.sizing.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

final class TableTest {

    @TempDir private Path folder;

    private static Table table(String text) {
        return Table.parse("t.csv", text);
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
        assertThat(Table.read(file.toString()).rows().getFirst().number("b")).isEqualTo(2);
        byte[] whole = zipped("a,b\n1,2\n");
        var half = new ByteArrayInputStream(Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> Table.read("half.gz", half))
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
        assertThatThrownBy(() -> Table.read("no/such.csv"))
                .hasMessage("no/such.csv does not exist.");
        assertThatThrownBy(() -> table("a,b\n").requiring(List.of("a", "c")))
                .hasMessage("t.csv has no column \"c\"; its header is \"a,b\" and must have a,c.");
        assertThatThrownBy(() -> table("a,A\n").requiring(List.of("a")))
                .hasMessageStartingWith("t.csv has more than one column \"a\"");
        var file = Files.write(folder.resolve("t.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> Table.read(file.toString()))
                .hasMessageEndingWith("t.csv must be text in UTF-8.");
    }

    @Test
    void unknownIsNeverANumber() {
        var row = table("a,b,c\nNaN,,1e999\n").rows().getFirst();
        assertThatThrownBy(() -> row.number("a"))
                .hasMessage("t.csv, line 2: a (NaN) must be a finite number.");
        assertThatThrownBy(() -> row.number("b"))
                .hasMessage("t.csv, line 2: b (empty) must be a number.");
        assertThatThrownBy(() -> row.number("c")).hasMessageContaining("c (1e999)");
        assertThatThrownBy(() -> row.number("d")).hasMessageContaining("d (empty)");
        assertThat(row.text("d")).isEmpty();
    }

    @Test
    void refusesNumbersOutsideTheirRange() {
        var row = table("a,b,c\n-3,1.5,0\n").rows().getFirst();
        assertThatThrownBy(() -> row.positive("a"))
                .hasMessage("t.csv, line 2: a (-3) must be greater than 0.");
        assertThatThrownBy(() -> row.count("b"))
                .hasMessage("t.csv, line 2: b (1.5) must be a whole number of at least 1.");
        assertThatThrownBy(() -> row.count("c")).hasMessageContaining("c (0)");
        assertThatThrownBy(() -> row.whole("b", 0)).hasMessageContaining("must be a whole number");
        assertThat(row.whole("a", 0)).isEqualTo(-3);
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
