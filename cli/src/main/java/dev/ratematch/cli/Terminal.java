package dev.ratematch.cli;

import dev.ratematch.costmodel.text.Look;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/// The terminal that people sit at, where there is one.
public final class Terminal {

    /// Where a terminal does not tell its width: what the first ones had.
    private static final int COLUMNS = 80;

    private static final int COLUMNS_MIN = 40;

    /// Of JLine's ways to a terminal the one without native code.
    private static final String PROVIDER = "exec";

    private Terminal() {}

    /// Asked once: it does not change, and asking takes a process.
    private static final class Seen {
        static final boolean OUT = isTerminal(SystemStream.Output);
        static final boolean ERR = isTerminal(SystemStream.Error);
    }

    /// Whether people read standard output.
    static boolean outIsSeen() {
        return Seen.OUT;
    }

    /// Whether people read standard error.
    static boolean errIsSeen() {
        return Seen.ERR;
    }

    /// Whether standard output can show block characters.
    static boolean outHasBlocks() {
        return System.out.charset().newEncoder().canEncode('█');
    }

    /// How text is shown on standard output: as wide as the terminal, as wide as it comes where
    /// there is none.
    public static Look look() {
        boolean seen = outIsSeen();
        return new Look(columns(System.getenv(), seen), colour(System.getenv(), seen));
    }

    /// Whether standard error is coloured.
    static boolean errIsColoured() {
        return colour(System.getenv(), errIsSeen());
    }

    /// By what users have agreed on: NO_COLOR (no-color.org) before CLICOLOR_FORCE and CLICOLOR
    /// (bixense.com/clicolors), then what the terminal can do.
    static boolean colour(Map<String, String> environment, boolean terminal) {
        if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
            return false;
        }
        if (!environment.getOrDefault("CLICOLOR_FORCE", "0").equals("0")) {
            return true;
        }
        return terminal
                && !dumb(environment)
                && !environment.getOrDefault("CLICOLOR", "1").equals("0");
    }

    /// Whether the terminal knows no escape sequences.
    static boolean dumb(Map<String, String> environment) {
        return environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    private static int columns(Map<String, String> environment, boolean terminal) {
        int asked = asked(environment);
        if (asked > 0) {
            return asked;
        }
        return terminal ? width() : Look.ANY;
    }

    /// COLUMNS, where it is a number; else 0.
    static int asked(Map<String, String> environment) {
        try {
            return Math.max(
                    COLUMNS_MIN, Integer.parseInt(environment.getOrDefault("COLUMNS", "").strip()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static int width() {
        try (var terminal = builder().build()) {
            return width(terminal.getWidth());
        } catch (IOException e) {
            return COLUMNS;
        }
    }

    private static int width(int told) {
        return told > 0 ? Math.max(COLUMNS_MIN, told) : COLUMNS;
    }

    private static TerminalBuilder builder() {
        return TerminalBuilder.builder()
                .provider(PROVIDER)
                .system(true)
                .systemOutput(SystemOutput.SysOut)
                .dumb(true);
    }

    private static boolean isTerminal(SystemStream stream) {
        try {
            return TerminalProvider.load(PROVIDER).isSystemStream(stream);
        } catch (IOException e) {
            return false;
        }
    }

    /// A size that follows the terminal's.
    static final class Size implements AutoCloseable {

        private final Closeable terminal;
        private volatile Look look;

        /// The terminal's, from now on.
        Size() throws IOException {
            boolean colour = colour(System.getenv(), true);
            var opened = builder().build();
            terminal = opened;
            look = new Look(width(opened.getWidth()), colour);
            opened.handle(Signal.WINCH, _ -> look = new Look(width(opened.getWidth()), colour));
        }

        /// As it is now.
        Look look() {
            return look;
        }

        @Override
        public void close() throws IOException {
            terminal.close();
        }
    }
}
