package dev.ratematch.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// What can be known about the terminal without a library.
final class Terminal {

    private static final int OUT = 1;
    private static final int ERR = 2;
    private static final int COLUMNS = 100;

    private Terminal() {}

    /// Whether people read standard output.
    static boolean outIsSeen() {
        return isTerminal(OUT);
    }

    /// Whether people read standard error.
    static boolean errIsSeen() {
        return isTerminal(ERR);
    }

    /// Whether standard output can show block characters.
    static boolean outHasBlocks() {
        return System.out.charset().newEncoder().canEncode('█');
    }

    /// Columns to fill.
    static int columns() {
        String given = System.getenv("COLUMNS");
        try {
            return given == null ? COLUMNS : Math.clamp(Integer.parseInt(given.strip()), 60, 160);
        } catch (NumberFormatException e) {
            return COLUMNS;
        }
    }

    /// The JDK knows of both streams together only, so that Linux is asked for each.
    private static boolean isTerminal(int descriptor) {
        var link = Path.of("/proc/self/fd/" + descriptor);
        if (Files.isSymbolicLink(link)) {
            try {
                String device = Files.readSymbolicLink(link).toString();
                return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
            } catch (IOException e) {
                return false;
            }
        }
        return Objects.requireNonNull(System.console()).isTerminal();
    }
}
