package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.service.Service;
import java.io.IOException;
import java.io.Writer;
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
