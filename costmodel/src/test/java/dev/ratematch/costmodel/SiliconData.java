package dev.ratematch.costmodel;

import dev.ratematch.costmodel.table.Table;
import dev.ratematch.costmodel.table.Tables;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/// The calibration tables, where they lie beside the repository. They are not part of it.
public final class SiliconData {

    private SiliconData() {}

    /// One row by column.
    public record Row(Map<String, String> cells) {

        /// The cell; empty stays empty.
        public String text(String column) {
            String value = cells.get(column);
            if (value == null) {
                throw new IllegalArgumentException(
                        "%s is not a column; there are %s.".formatted(column, cells.keySet()));
            }
            return value;
        }

        /// The cell as a number.
        public double number(String column) {
            return Double.parseDouble(text(column));
        }

        /// The cell as a whole number; 0 where it is empty.
        public int integer(String column) {
            return text(column).isEmpty() ? 0 : Integer.parseInt(text(column));
        }
    }

    /// A table as the model's own code takes it, or empty where the tables are not there.
    public static Optional<Table> table(String file) {
        return path(file).map(path -> Tables.of(file, lines(path)));
    }

    /// The rows of a table by column, or empty where the tables are not there.
    public static Optional<List<Row>> rows(String file) {
        return path(file).map(SiliconData::read);
    }

    private static Optional<Path> path(String file) {
        Path folder = Path.of("").toAbsolutePath();
        for (Path at = folder; at != null; at = at.getParent()) {
            Path table = at.resolve("shared").resolve("silicon").resolve(file);
            if (Files.isReadable(table)) {
                return Optional.of(table);
            }
        }
        return Optional.empty();
    }

    private static List<Row> read(Path table) {
        var lines = lines(table);
        String[] columns = lines.getFirst().split(",", -1);
        var rows = new ArrayList<Row>();
        for (var line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < columns.length; i++) {
                row.put(columns[i], cells[i]);
            }
            rows.add(new Row(row));
        }
        return rows;
    }

    private static List<String> lines(Path table) {
        try (InputStream raw = Files.newInputStream(table);
                InputStream in = table.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
