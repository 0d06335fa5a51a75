package dev.ratematch.cli.live;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// All that is logged or printed past the commands' own writers, from now on until it is closed.
final class Listening implements AutoCloseable {

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final PrintStream into = new PrintStream(heard, true, StandardCharsets.UTF_8);
    private final SimpleFormatter format = new SimpleFormatter();
    private final Handler log =
            new Handler() {
                @Override
                public void publish(LogRecord entry) {
                    into.print(format.format(entry));
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    Listening() {
        System.setOut(into);
        System.setErr(into);
        Logger.getLogger("").addHandler(log);
    }

    String heard() {
        return heard.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(log);
        System.setOut(out);
        System.setErr(err);
    }
}
