package dev.ratematch.controller.host;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.core.State;
import dev.ratematch.controller.service.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Writes one JSON object a line and flushes it, so that a crash loses no finished cycle. Each file
/// begins with the service and what its first cycle goes on from, so that it can be decided again
/// alone. A journal that cannot be written ends with one message; what it records goes on.
public final class JsonLinesJournal implements Journal, AutoCloseable {

    private final Lines out;
    private final UnaryOperator<ObjectNode> mark;
    private final Consumer<String> said;
    private @Nullable Service service;
    private @Nullable State from;
    private long cycle;
    private volatile boolean ended;

    /// Whether the file had lines before the service line.
    private boolean goesOn;

    /// A journal on lines that it will own.
    ///
    /// @param said told once, where the journal cannot be written
    public JsonLinesJournal(Lines out, Consumer<String> said) {
        this(out, UnaryOperator.identity(), said);
    }

    /// A journal of one among several in a stream.
    ///
    /// @param mark adds to each line whose it is
    public JsonLinesJournal(Lines out, UnaryOperator<ObjectNode> mark, Consumer<String> said) {
        this.out = out;
        this.mark = mark;
        this.said = said;
    }

    @Override
    public void service(Service of, State first) {
        service = of;
        from = first;
        cycle = 0;
        if (ended) {
            return;
        }
        String line = line(JournalJson.service(of, first));
        if (out.full(line)) {
            turn();
        }
        goesOn = out.begun();
        write(line);
    }

    @Override
    public void append(JournalEntry entry) {
        if (!ended) {
            String line = line(JournalJson.cycle(entry, cycle + 1));
            // A file that has the service line alone would be as full after a turn.
            if ((cycle > 0 || goesOn) && out.full(line) && service != null && from != null) {
                turn();
                service(service, from);
                line = line(JournalJson.cycle(entry, 1));
            }
            cycle++;
            write(line);
            from = entry.next();
        }
    }

    /// Whether it is still written.
    public boolean writing() {
        return !ended;
    }

    private String line(ObjectNode node) {
        return mark.apply(node).toString();
    }

    private void turn() {
        try {
            out.turn();
        } catch (IOException | UncheckedIOException e) {
            end(e);
        }
    }

    private void write(String line) {
        if (ended) {
            return;
        }
        try {
            out.write(line);
        } catch (IOException | UncheckedIOException e) {
            end(e);
        }
    }

    private void end(Exception e) {
        if (!ended) {
            ended = true;
            said.accept(
                    ("The journal can no longer be written and ends here; decisions "
                                    + "continue: %s.")
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
