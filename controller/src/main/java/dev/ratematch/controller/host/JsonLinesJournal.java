package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.service.Service;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/// Writes one JSON object a line and flushes it, so that a crash loses no finished cycle. A journal
/// that cannot be written ends with one message; what it records goes on.
public final class JsonLinesJournal implements Journal, AutoCloseable {

    private final Writer out;
    private final Consumer<String> said;
    private long cycle;
    private boolean ended;

    /// A journal on a writer that it will own.
    ///
    /// @param said told once, where the journal cannot be written
    public JsonLinesJournal(Writer out, Consumer<String> said) {
        this.out = out;
        this.said = said;
    }

    /// A journal that goes on at the end of a file, which is made where it is not there. A line
    /// that a crash cut off is ended first, so that it damages no other.
    ///
    /// @param said told once when the journal cannot be written any more
    public static JsonLinesJournal appending(Path file, Consumer<String> said) throws IOException {
        boolean cut = false;
        if (Files.isRegularFile(file) && Files.size(file) > 0) {
            try (var bytes = Files.newByteChannel(file, StandardOpenOption.READ)) {
                var last = ByteBuffer.allocate(1);
                bytes.position(bytes.size() - 1).read(last);
                cut = last.get(0) != '\n';
            }
        }
        var out =
                Files.newBufferedWriter(
                        file,
                        StandardCharsets.UTF_8,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
        if (cut) {
            out.write('\n');
        }
        return new JsonLinesJournal(out, said);
    }

    @Override
    public void service(Service service, State state) {
        cycle = 0;
        if (!ended) {
            write(JournalJson.service(service, state));
        }
    }

    @Override
    public void append(JournalEntry entry) {
        if (!ended) {
            cycle++;
            write(JournalJson.cycle(entry, cycle));
        }
    }

    private void write(ObjectNode node) {
        try {
            out.write(node.toString());
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            end(e);
        }
    }

    private void end(IOException e) {
        if (!ended) {
            ended = true;
            said.accept(
                    "The journal cannot be written any more and ends here, decisions go on: %s."
                            .formatted(e.getMessage()));
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            end(e);
        }
    }
}
