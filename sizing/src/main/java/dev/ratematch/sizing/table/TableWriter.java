package dev.ratematch.sizing.table;

import dev.ratematch.costmodel.table.Cells;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/// Writes CSV lines, quoting what needs it.
public final class TableWriter implements AutoCloseable {

    private final Writer out;

    /// Writes to `out`, beginning with a header.
    public TableWriter(Writer out, List<String> columns) {
        this.out = new BufferedWriter(out);
        line(columns);
    }

    /// Writes one line.
    public void line(List<String> cells) {
        try {
            for (int i = 0; i < cells.size(); i++) {
                out.write(i == 0 ? "" : ",");
                out.write(Cells.quoted(cells.get(i)));
            }
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("The output cannot be written.", e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
