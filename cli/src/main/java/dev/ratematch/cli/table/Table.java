package dev.ratematch.cli.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// A CSV file with a header, held in memory.
///
/// @param name for messages
/// @param columns names in the header
/// @param rows one a data line, as long as the header
public record Table(String name, List<String> columns, List<Row> rows) {

    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

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
        var text = zipped ? new GZIPInputStream(in) : in;
        var mapper = new CsvMapper();
        mapper.enable(CsvParser.Feature.WRAP_AS_ARRAY);
        mapper.enable(CsvParser.Feature.TRIM_SPACES);
        mapper.enable(CsvParser.Feature.SKIP_EMPTY_LINES);
        var rows = new ArrayList<Row>();
        try (MappingIterator<String[]> lines =
                mapper.readerFor(String[].class)
                        .readValues(new String(text.readAllBytes(), StandardCharsets.UTF_8))) {
            if (!lines.hasNextValue()) {
                throw new IllegalArgumentException("%s is empty.".formatted(name));
            }
            List<String> columns = List.of(withoutMark(lines.nextValue()));
            int line = 1;
            while (lines.hasNextValue()) {
                line++;
                String[] cells = lines.nextValue();
                if (cells.length != columns.size()) {
                    throw new IllegalArgumentException(
                            "%s, line %d has %d columns; the header has %d."
                                    .formatted(name, line, cells.length, columns.size()));
                }
                rows.add(new Row(name, columns, cells, line));
            }
            return new Table(name, columns, rows);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "%s is no CSV: %s".formatted(name, e.getOriginalMessage()), e);
        }
    }

    private static String[] withoutMark(String[] header) {
        if (header.length > 0 && header[0].startsWith("\uFEFF")) {
            header[0] = header[0].substring(1);
        }
        return header;
    }

    /// Refuses a table that lacks one of the columns.
    public Table requiring(List<String> needed) {
        for (String column : needed) {
            if (!columns.contains(column)) {
                throw new IllegalArgumentException(
                        "%s has no column %s; needed are %s, it has %s."
                                .formatted(
                                        name,
                                        column,
                                        String.join(", ", needed),
                                        String.join(", ", columns)));
            }
        }
        return this;
    }
}
