package dev.ratematch.k8s.operator;

import dev.ratematch.controller.core.State;
import dev.ratematch.controller.host.JournalEntry;
import dev.ratematch.controller.host.JournalJson;
import dev.ratematch.controller.host.JsonLinesJournal;
import dev.ratematch.controller.host.Lines;
import dev.ratematch.controller.host.RotatingFile;
import dev.ratematch.controller.publish.JournalMetric;
import dev.ratematch.controller.service.Service;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journals of an operator's RateMatchers: a file each, or all on one stream. A journal that
/// cannot be written is said once and shown as a metric; control goes on. Safe for threads, as long
/// as each RateMatcher has one at a time.
final class Journals implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Journals.class);

    private final @Nullable JournalSettings settings;
    private final MeterRegistry registry;
    private final PrintStream stream;
    private final Map<String, Book> books = new ConcurrentHashMap<>();

    /// @param settings null where no journal is asked for
    /// @param stream standard output
    Journals(@Nullable JournalSettings settings, MeterRegistry registry, PrintStream stream) {
        this.settings = settings;
        this.registry = registry;
        this.stream = stream;
    }

    /// Writes one cycle of a RateMatcher.
    ///
    /// @param before what the cycle went on from. Where that is not what the last one left, as
    ///   after a restart, another service or a cycle that failed half way, it is written first, so
    ///   that the cycles after it come out the same when they are decided again
    void cycle(String namespace, String name, Service service, State before, JournalEntry entry) {
        var asked = settings;
        if (asked != null) {
            books.computeIfAbsent(namespace + "/" + name, _ -> new Book(asked, namespace, name))
                    .cycle(service, before, entry);
        }
    }

    /// Ends the journal of a RateMatcher that is gone.
    void forget(String namespace, String name) {
        var book = books.remove(namespace + "/" + name);
        if (book != null) {
            book.close();
        }
    }

    @Override
    public void close() {
        books.values().forEach(Book::close);
        books.clear();
    }

    private final class Book {

        private final JsonLinesJournal journal;
        private final Gauge gauge;
        private @Nullable Service service;
        private @Nullable State next;

        Book(JournalSettings asked, String namespace, String name) {
            String of = namespace + "/" + name;
            this.journal =
                    new JsonLinesJournal(
                            lines(asked, namespace + "_" + name + ".jsonl"),
                            line -> line.put(JournalJson.OF, of),
                            why -> LOG.error("{}: {}", of, why));
            this.gauge = JournalMetric.bind(registry, namespace, name, journal::writing);
        }

        void cycle(Service of, State before, JournalEntry entry) {
            if (!of.equals(service) || !before.equals(next)) {
                journal.service(of, before);
                service = of;
            }
            journal.append(entry);
            next = entry.next();
        }

        void close() {
            journal.close();
            registry.remove(gauge);
        }
    }

    private Lines lines(JournalSettings asked, String file) {
        var folder = asked.folder();
        if (folder == null) {
            return new StreamLines(stream);
        }
        try {
            return RotatingFile.appending(folder.resolve(file), asked.limits());
        } catch (IOException e) {
            return Lines.to(new Unwritable(e));
        }
    }

    /// What could not be opened fails at the first line, and is said then.
    private static final class Unwritable extends Writer {

        private final IOException why;

        Unwritable(IOException why) {
            this.why = why;
        }

        @Override
        public void write(char[] text, int from, int length) throws IOException {
            throw new IOException(why.toString(), why);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
