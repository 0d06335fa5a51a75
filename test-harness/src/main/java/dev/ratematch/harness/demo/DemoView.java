package dev.ratematch.harness.demo;

import dev.ratematch.controller.core.Cycle;
import dev.ratematch.controller.core.Decision;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.costmodel.text.Look;
import dev.ratematch.harness.http.LivePlant;
import dev.ratematch.harness.plant.FleetView;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the demo looks like at one moment, as lines of text.
public final class DemoView implements LivePlant.Audience {

    /// Columns of a figure behind the sparks, and of its name before them.
    private static final int BESIDE_SPARKS = 24;

    /// Columns of percent and traffic behind the bar.
    private static final int BESIDE_BAR = 50;

    private static final int LOADS = 180;
    private static final int NAME = 10;
    private static final String SPARKS = "▁▂▃▄▅▆▇█";
    private static final String PLAIN_SPARKS = "_.-=+*#@";
    private static final FleetView EMPTY = new FleetView(0, 0, 0, 0, 0);

    private final Trace trace;
    private final Slo slo;
    private final int budgetGpus;
    private final int gpusPerReplica;
    private final String bestStatic;
    private final boolean blocks;
    private final ArrayDeque<Double> loads = new ArrayDeque<>();
    private double atSeconds;
    private FleetView prefill = EMPTY;
    private FleetView decode = EMPTY;
    private @Nullable Cycle last;
    private @Nullable Cycle lastResize;

    /// A view that has seen nothing yet.
    ///
    /// @param bestStatic the split that the demo competes with, such as `7P9D`
    /// @param blocks whether block characters can be shown
    public DemoView(
            Trace trace,
            Slo slo,
            int budgetGpus,
            int gpusPerReplica,
            String bestStatic,
            boolean blocks) {
        this.trace = trace;
        this.slo = slo;
        this.budgetGpus = budgetGpus;
        this.gpusPerReplica = gpusPerReplica;
        this.bestStatic = bestStatic;
        this.blocks = blocks;
    }

    @Override
    public void frame(double at, FleetView prefillNow, FleetView decodeNow) {
        atSeconds = at;
        prefill = prefillNow;
        decode = decodeNow;
    }

    @Override
    public void cycle(Cycle entry) {
        last = entry;
        if (entry.decision() instanceof Decision.Resize) {
            lastResize = entry;
        }
        var window = entry.snapshot().windowSeconds().orElse(0);
        double arrived = entry.snapshot().traffic().arrived().orElse(0);
        loads.addLast(window > 0 ? arrived / window : 0);
        if (loads.size() > LOADS) {
            loads.removeFirst();
        }
    }

    /// The whole screen, no wider than the terminal.
    public List<String> lines(Look look) {
        int columns = Math.min(look.columns(), LOADS + BESIDE_SPARKS);
        var lines = new ArrayList<String>();
        double share = Math.min(1, atSeconds / trace.seconds());
        lines.add(
                "Ratematch demo   %s   virtual time %s of %s"
                        .formatted(trace.name(), clock(atSeconds), clock(trace.seconds())));
        lines.add(
                "%s %3.0f %%   now: %s"
                        .formatted(bar(share, columns - BESIDE_BAR), 100 * share, segment()));
        lines.add("");
        lines.add(
                "ratio     %dP%dD   (best static split: %s)   GPUs held %d of %d"
                        .formatted(
                                prefill.desired(),
                                decode.desired(),
                                bestStatic,
                                gpusPerReplica * (prefill.holding() + decode.holding()),
                                budgetGpus));
        lines.add("prefill   " + pool(prefill));
        lines.add("decode    " + pool(decode));
        lines.add("          %s ready   %s starting   %s draining   %s pending".formatted(marks()));
        lines.add("");
        lines.add(
                String.format(
                        Locale.ROOT,
                        "offered   %s %.1f req/s",
                        sparks(columns - BESIDE_SPARKS),
                        loads.isEmpty() ? 0 : loads.getLast()));
        lines.add("TTFT p95  " + latency(true, look));
        lines.add("ITL p95   " + latency(false, look));
        lines.add("");
        sentence(lines, "now", decided(last), columns);
        sentence(lines, "last move", decided(lastResize), columns);
        return lines;
    }

    /// A sentence behind its name, in as many lines as it takes, all of them behind the name.
    private static void sentence(List<String> lines, String name, String what, int columns) {
        var room = new Look(columns - NAME, false);
        String before = "%-10s".formatted(name);
        for (var line : room.folded(what.replaceAll("\\s+", " "))) {
            lines.add(before + line);
            before = " ".repeat(NAME);
        }
    }

    private String segment() {
        for (var segment : trace.segments()) {
            if (segment.contains((long) (atSeconds * 1e9))) {
                return segment.name() + " traffic";
            }
        }
        return atSeconds > trace.seconds() ? "the last requests finish" : "traffic";
    }

    private static String bar(double share, int width) {
        int full = (int) (share * width);
        return "[" + "#".repeat(full) + "-".repeat(width - full) + "]";
    }

    private Object[] marks() {
        return blocks ? new Object[] {"█", "▒", "▽", "·"} : new Object[] {"#", "+", "v", "."};
    }

    private String pool(FleetView pool) {
        var marks = marks();
        var bar =
                String.valueOf(marks[0]).repeat(pool.ready())
                        + String.valueOf(marks[1]).repeat(pool.starting())
                        + String.valueOf(marks[2]).repeat(pool.draining())
                        + String.valueOf(marks[3]).repeat(pool.pending());
        return "%-18s %d ready, %d starting, %d draining, %d pending"
                .formatted(bar, pool.ready(), pool.starting(), pool.draining(), pool.pending());
    }

    private String sparks(int width) {
        String levels = blocks ? SPARKS : PLAIN_SPARKS;
        double most = loads.stream().mapToDouble(x -> x).max().orElse(0);
        var text = new StringBuilder();
        var shown = loads.stream().skip(Math.max(0, loads.size() - width)).toList();
        for (double load : shown) {
            int level = most > 0 ? (int) Math.round(load / most * (levels.length() - 1)) : 0;
            text.append(levels.charAt(level));
        }
        return text.toString();
    }

    private String latency(boolean first, Look look) {
        double promised = 1000 * (first ? slo.ttftSeconds() : slo.itlSeconds());
        var entry = last;
        if (entry == null) {
            return "not measured yet; target %.0f ms".formatted(promised);
        }
        var traffic = entry.snapshot().traffic();
        Reading reading = first ? traffic.ttftQuantileSeconds() : traffic.itlQuantileSeconds();
        if (!reading.known()) {
            return "unknown; target %.0f ms".formatted(promised);
        }
        double seen = 1000 * reading.orElse(0);
        return String.format(
                Locale.ROOT,
                first ? "%7.0f ms   target %.0f ms   %s" : "%7.1f ms   target %.0f ms   %s",
                seen,
                promised,
                seen <= promised ? look.good("met") : look.bad("MISSED"));
    }

    private static String decided(@Nullable Cycle entry) {
        return entry == null
                ? "nothing decided yet"
                : "%s  %s"
                        .formatted(clock(entry.snapshot().atSeconds()), entry.explanation().text());
    }

    /// Hours, minutes, seconds.
    public static String clock(double seconds) {
        long whole = (long) seconds;
        return String.format(
                Locale.ROOT, "%02d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
