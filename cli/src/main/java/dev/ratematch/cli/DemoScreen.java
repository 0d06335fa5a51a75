package dev.ratematch.cli;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.costmodel.text.Look;
import dev.ratematch.harness.demo.DemoView;
import dev.ratematch.harness.http.LivePlant;
import dev.ratematch.harness.plant.FleetView;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/// Shows a view while the demo runs: redrawn in place on a terminal, otherwise a line now and then.
/// Leaves the terminal as it was, also when it is interrupted.
final class DemoScreen implements LivePlant.Audience, AutoCloseable {

    private static final String ENTER = "\033[?1049h\033[?25l\033[2J";
    private static final String LEAVE = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String END_OF_LINE = "\033[K\r\n";
    private static final String REST_OF_SCREEN = "\033[J";
    private static final double QUIET_SECONDS = 300;

    private final DemoView view;
    private final PrintWriter out;
    private final boolean redraw;
    private final Thread restore = new Thread(this::leave, "restore-terminal");
    private double lastLineSeconds = Double.NEGATIVE_INFINITY;
    private final Terminal.@Nullable Size size;
    private boolean left;

    DemoScreen(DemoView view, PrintWriter out, boolean redraw) throws IOException {
        this.view = view;
        this.out = out;
        this.redraw = redraw;
        this.size = redraw ? new Terminal.Size() : null;
        if (redraw) {
            Runtime.getRuntime().addShutdownHook(restore);
            out.print(ENTER);
            out.flush();
        }
    }

    @Override
    public void frame(double atSeconds, FleetView prefill, FleetView decode) {
        view.frame(atSeconds, prefill, decode);
        if (redraw) {
            draw();
        }
    }

    @Override
    public void cycle(Cycle cycle) {
        view.cycle(cycle);
        boolean moved = cycle.decision() instanceof Decision.Resize;
        double at = cycle.snapshot().atSeconds();
        var counts = cycle.decision().counts().sizes();
        if (!redraw && counts != null && (moved || at - lastLineSeconds >= QUIET_SECONDS)) {
            lastLineSeconds = at;
            out.printf(
                    "%s  %s  %s%n", DemoView.clock(at), counts.ratio(), cycle.explanation().text());
            out.flush();
        }
    }

    private synchronized void draw() {
        if (left) {
            return;
        }
        var text = new StringBuilder(HOME);
        for (var line : view.lines(size == null ? Look.PLAIN : size.look())) {
            text.append(line).append(END_OF_LINE);
        }
        out.print(text.append(REST_OF_SCREEN));
        out.flush();
    }

    private synchronized void leave() {
        if (!left) {
            left = true;
            out.print(LEAVE);
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (redraw) {
            leave();
            if (size != null) {
                size.close();
            }
            Runtime.getRuntime().removeShutdownHook(restore);
        }
    }
}
