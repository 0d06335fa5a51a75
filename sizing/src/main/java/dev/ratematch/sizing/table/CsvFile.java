package dev.ratematch.sizing.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.ratematch.costmodel.table.Row;
import dev.ratematch.costmodel.table.Table;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads CSV files with a header.
public final class CsvFile {

    private static final ObjectReader LINES =
            new CsvMapper()
                    .readerFor(String[].class)
                    .with(CsvParser.Feature.WRAP_AS_ARRAY)
                    .with(CsvParser.Feature.TRIM_SPACES)
                    .with(CsvParser.Feature.SKIP_EMPTY_LINES);

    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    private CsvFile() {}

    /// Reads a file, `-` for standard input; gzip is recognised from content.
    public static Table read(String file) throws IOException {
        if (file.equals("-")) {
            return read("standard input", System.in);
        }
        try (var in = Files.newInputStream(Path.of(file))) {
            return read(file, in);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("%s does not exist.".formatted(file), e);
        }
    }

    /// Reads a stream.
    public static Table read(String name, InputStream stream) throws IOException {
        var in = new BufferedInputStream(stream);
        in.mark(2);
        boolean zipped = in.read() == GZIP_FIRST && in.read() == GZIP_SECOND;
        in.reset();
        byte[] bytes;
        try {
            bytes = (zipped ? new GZIPInputStream(in) : in).readAllBytes();
        } catch (EOFException | ZipException e) {
            throw new IllegalArgumentException("%s is no whole gzip file.".formatted(name), e);
        }
        try {
            var strict = StandardCharsets.UTF_8.newDecoder();
            return parse(name, strict.decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("%s must be text in UTF-8.".formatted(name), e);
        }
    }

    /// Reads text. Spaces around cells, CRLF, a byte-order mark, empty lines and quoted cells are
    /// tolerated; columns may come in any order and case.
    ///
    /// @param name what to call it in messages
    public static Table parse(String name, String text) {
        String bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
        var rows = new ArrayList<Row>();
        try (MappingIterator<String[]> lines = LINES.readValues(bare)) {
            if (!lines.hasNextValue()) {
                throw new IllegalArgumentException(
                        "%s is empty; its first line must name the columns.".formatted(name));
            }
            var columns =
                    Arrays.stream(lines.nextValue())
                            .map(c -> c.toLowerCase(Locale.ROOT))
                            .collect(Collectors.toUnmodifiableList());
            while (lines.hasNextValue()) {
                // Here the parser stands at the begin of the next row, empty lines skipped.
                int line = lines.getParser().currentLocation().getLineNr();
                String[] cells = lines.nextValue();
                if (cells.length != columns.size()) {
                    throw new IllegalArgumentException(
                            "%s, line %d: %d fields where the header has %d."
                                    .formatted(name, line, cells.length, columns.size()));
                }
                rows.add(new Row(name, columns, List.of(cells), line));
            }
            return new Table(name, columns, rows);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "%s, line %d is no CSV: %s"
                            .formatted(name, e.getLocation().getLineNr(), e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
