package dev.ratematch.controller.host;

import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file of bounded size with the bounded number of those before it: `FILE` is written, `FILE.1`
/// was before it, `FILE.2` before that.
public final class RotatingFile implements Lines {

    private final Path file;
    private final Limits limits;
    private Writer out;
    private long bytes;

    /// How large the files may grow, and how many are kept.
    ///
    /// @param bytes of a file, at most; a single line that is longer is written all the same
    /// @param kept files beside the one that is written
    public record Limits(long bytes, int kept) {

        /// 64 MiB, and three files before it: at 2 kB a cycle and 15 s, a week a file.
        public static final Limits DEFAULT = new Limits(64L << 20, 3);

        public Limits {
            if (bytes < 1 || kept < 0) {
                throw new IllegalArgumentException(
                        "bytes (%d) must be at least 1, and kept (%d) at least 0."
                                .formatted(bytes, kept));
            }
        }
    }

    private RotatingFile(Path file, Limits limits, Writer out, long bytes) {
        this.file = file;
        this.limits = limits;
        this.out = out;
        this.bytes = bytes;
    }

    /// A file that begins empty; those that an earlier run left beside it go, so that what is there
    /// is one run's.
    public static RotatingFile fresh(Path file, Limits limits) throws IOException {
        for (int n = 1; n <= limits.kept(); n++) {
            Files.deleteIfExists(numbered(file, n));
        }
        return new RotatingFile(file, limits, Files.newBufferedWriter(file), 0);
    }

    /// A file that is gone on with at its end, and made where it is not there. A line that a crash
    /// cut off is ended first, so that it damages no other.
    public static RotatingFile appending(Path file, Limits limits) throws IOException {
        long size = Files.isRegularFile(file) ? Files.size(file) : 0;
        boolean cut = size > 0 && !ended(file);
        var out =
                Files.newBufferedWriter(
                        file,
                        StandardCharsets.UTF_8,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
        var lines = new RotatingFile(file, limits, out, size);
        if (cut) {
            lines.write("");
        }
        return lines;
    }

    private static boolean ended(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.READ)) {
            var last = ByteBuffer.allocate(1);
            channel.position(channel.size() - 1).read(last);
            return last.get(0) == '\n';
        }
    }

    private static Path numbered(Path file, int n) {
        return file.resolveSibling(file.getFileName() + "." + n);
    }

    @Override
    public void write(String line) throws IOException {
        out.write(line);
        out.write('\n');
        out.flush();
        bytes += length(line);
    }

    @Override
    public boolean full(String line) {
        return bytes > 0 && bytes + length(line) > limits.bytes();
    }

    @Override
    public boolean begun() {
        return bytes > 0;
    }

    private static long length(String line) {
        return line.getBytes(StandardCharsets.UTF_8).length + 1L;
    }

    @Override
    public void turn() throws IOException {
        out.close();
        for (int n = limits.kept(); n > 0; n--) {
            var before = n == 1 ? file : numbered(file, n - 1);
            if (Files.exists(before)) {
                Files.move(before, numbered(file, n), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        out = Files.newBufferedWriter(file);
        bytes = 0;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
