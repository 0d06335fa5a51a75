package dev.ratematch.costmodel;

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

    /// The rows of a table by column, or empty where the tables are not there.
    public static Optional<List<Row>> rows(String file) {
        Path folder = Path.of("").toAbsolutePath();
        for (Path at = folder; at != null; at = at.getParent()) {
            Path table = at.resolve("shared").resolve("silicon").resolve(file);
            if (Files.isReadable(table)) {
                return Optional.of(read(table));
            }
        }
        return Optional.empty();
    }

    private static List<Row> read(Path table) {
        try (InputStream raw = Files.newInputStream(table);
                InputStream in = table.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            String[] columns = reader.readLine().split(",", -1);
            List<Row> rows = new ArrayList<>();
            String line = reader.readLine();
            while (line != null) {
                String[] cells = line.split(",", -1);
                Map<String, String> row = new HashMap<>();
                for (int i = 0; i < columns.length; i++) {
                    row.put(columns[i], cells[i]);
                }
                rows.add(new Row(row));
                line = reader.readLine();
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
