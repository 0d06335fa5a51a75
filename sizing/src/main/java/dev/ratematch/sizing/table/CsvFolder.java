package dev.ratematch.sizing.table;

import dev.ratematch.costmodel.table.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A folder of CSV files, compressed or not.
///
/// @param folder where they are
public record CsvFolder(Path folder) {

    /// The table of a name without its ending; none where there is no such file.
    public Optional<Table> find(String name) {
        for (String ending : List.of(".csv.gz", ".csv")) {
            Path file = folder.resolve(name + ending);
            if (Files.isRegularFile(file)) {
                return Optional.of(read(file));
            }
        }
        return Optional.empty();
    }

    private static Table read(Path file) {
        try {
            return CsvFile.read(file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
