package dev.ratematch.cli;

import dev.ratematch.harness.judge.Progress;
import java.io.PrintWriter;

/// One line of progress, redrawn in place; silent where nobody sees it.
final class ProgressLine implements Progress {

    private static final int WIDTH = 30;

    private final PrintWriter err;
    private final boolean seen;
    private String shown = "";

    ProgressLine(PrintWriter err, boolean seen) {
        this.err = err;
        this.seen = seen;
    }

    @Override
    public synchronized void at(String what, double share) {
        int full = (int) (Math.clamp(share, 0, 1) * WIDTH);
        String line =
                "%-22s [%s%s] %3d %%"
                        .formatted(
                                what,
                                "#".repeat(full),
                                "-".repeat(WIDTH - full),
                                (int) (100 * Math.clamp(share, 0, 1)));
        if (seen && !line.equals(shown)) {
            shown = line;
            err.print("\r" + line);
            err.flush();
        }
    }

    /// Clears the line.
    synchronized void done() {
        if (!shown.isEmpty()) {
            err.print("\r" + " ".repeat(shown.length()) + "\r");
            err.flush();
            shown = "";
        }
    }
}
