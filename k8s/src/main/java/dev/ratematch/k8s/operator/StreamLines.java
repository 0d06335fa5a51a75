package dev.ratematch.k8s.operator;

import dev.ratematch.controller.host.Lines;
import java.io.IOException;
import java.io.PrintStream;

/// Lines of one journal on a stream of several. Who keeps the stream keeps its end only, so it is
/// begun anew from time to time: what is left can be decided again from there.
final class StreamLines implements Lines {

    /// At 2 kB a cycle and 15 s, half an hour; a container's log holds 10 MiB by default.
    static final long ANEW_BYTES = 256 << 10;

    private final PrintStream out;
    private long bytes;

    StreamLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public void write(String line) throws IOException {
        synchronized (out) {
            out.print(line + "\n");
            out.flush();
            if (out.checkError()) {
                throw new IOException("standard output cannot be written");
            }
        }
        bytes += line.length();
    }

    @Override
    public boolean full(String line) {
        return bytes + line.length() > ANEW_BYTES;
    }

    @Override
    public void turn() {
        bytes = 0;
    }

    @Override
    public void close() {
        // Others go on writing to it.
    }
}
