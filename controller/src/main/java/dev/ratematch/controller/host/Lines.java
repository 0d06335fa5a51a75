package dev.ratematch.controller.host;

import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;

/// Where a journal's lines go.
public interface Lines extends Closeable {

    /// Writes one line and flushes it. The line has no end yet.
    void write(String line) throws IOException;

    /// Whether one more line would be too much for the present file.
    default boolean full(String line) {
        return false;
    }

    /// Whether the present file has lines already.
    default boolean begun() {
        return false;
    }

    /// Goes on in an empty file.
    default void turn() throws IOException {}

    /// Lines on a writer that they will own, without end.
    static Lines to(Writer out) {
        return new Lines() {
            @Override
            public void write(String line) throws IOException {
                out.write(line);
                out.write('\n');
                out.flush();
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }
}
