package dev.ratematch.harness.demo;

import dev.ratematch.costmodel.text.Grid;
import dev.ratematch.costmodel.text.Look;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Judge;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.scenario.Site;
import java.util.List;
import java.util.Locale;

/// What the demo has shown, in a screenful.
public final class DemoSummary {

    private DemoSummary() {}

    /// The text.
    ///
    /// @param live the run of our controller
    public static String of(DemoScene scene, Judge.Verdict verdict, Outcome live, Look look) {
        var before = new StringBuilder();
        add(before, headline(verdict.staticBest(), live));
        lateness(before, live);
        add(before, "");
        setting(before, scene, verdict.split());
        add(before, "");
        var after = new StringBuilder();
        add(after, "");
        gain(after, verdict, live);
        add(after, "");
        changes(after, live);
        return look.text(before.toString())
                + table(verdict.runs()).text(look)
                + look.text(after.toString());
    }

    /// What following the traffic was worth, for who pays for the GPUs.
    private static String headline(Outcome fixed, Outcome live) {
        double times = (double) live.good() / Math.max(1, fixed.good());
        return String.format(
                Locale.ROOT,
                "%.1f times as many requests within the targets as the best fixed "
                        + "split:%n%.1f %% instead of %.1f %%, with %.1f instead of %.1f "
                        + "GPU-hours.",
                times,
                100 * live.attainment(),
                100 * fixed.attainment(),
                live.gpuHours(),
                fixed.gpuHours());
    }

    /// When the requests came that were not good, and how many were past saving.
    private static void lateness(StringBuilder out, Outcome live) {
        double moving = 0;
        double all = 0;
        double before = 0;
        for (var point : live.timeline()) {
            double arrived = point.arrivedRps() * (point.atSeconds() - before);
            double late = Double.isNaN(point.goodShare()) ? 0 : arrived * (1 - point.goodShare());
            before = point.atSeconds();
            all += late;
            moving += point.movingGpus() > 0 ? late : 0;
        }
        int rest = live.offered() - live.good();
        if (rest > 0 && all > 0) {
            add(
                    out,
                    String.format(
                            Locale.ROOT,
                            "Of the other %d, %.0f %% came while replicas drained or loaded;%n"
                                    + "%d had no first token yet when they were first known to be late.",
                            rest,
                            100 * moving / all,
                            live.pastSaving()));
        }
    }

    private static void setting(StringBuilder out, DemoScene scene, Episode.Pair split) {
        var trace = scene.scaled().trace();
        var slo = scene.scenario().slo();
        var site = scene.scenario().site();
        add(
                out,
                String.format(
                        Locale.ROOT,
                        "%s: %d requests in %s of virtual time, seed %d",
                        trace.name(),
                        trace.requests().size(),
                        DemoView.clock(trace.seconds()),
                        scene.seed()));
        add(out, scene.scenario().says());
        add(
                out,
                String.format(
                        Locale.ROOT,
                        "%s %s, %s engines, %d GPUs of %s; TTFT %.0f ms, ITL %.0f ms",
                        Site.MODEL,
                        Site.PRECISION,
                        site.parallel(),
                        site.gpus(),
                        Site.GPU,
                        1000 * slo.ttftSeconds(),
                        1000 * slo.itlSeconds()));
        add(
                out,
                String.format(
                        Locale.ROOT,
                        "Replicas start in %.0f s. ratematch begins at %s, the best static split is %s.",
                        site.startUpSeconds(),
                        scene.start().label(),
                        split.label()));
    }

    private static Grid table(List<Outcome> outcomes) {
        var grid =
                new Grid(
                        1,
                        "policy",
                        "offered",
                        "good",
                        "attained",
                        "GPU-hours",
                        "dropped",
                        "TTFT p95, ms",
                        "ITL p95, ms");
        for (var o : outcomes) {
            grid.row(
                    o.policy(),
                    String.valueOf(o.offered()),
                    String.valueOf(o.good()),
                    String.format(Locale.ROOT, "%.2f%%", 100 * o.attainment()),
                    String.format(Locale.ROOT, "%.2f", o.gpuHours()),
                    String.valueOf(o.dropped()),
                    millis(o.ttft().p95(), "%.0f"),
                    millis(o.itl().p95(), "%.1f"));
        }
        return grid;
    }

    private static void gain(StringBuilder out, Judge.Verdict verdict, Outcome live) {
        int gap = verdict.bound().good() - verdict.staticBest().good();
        int taken = live.good() - verdict.staticBest().good();
        add(
                out,
                String.format(
                        Locale.ROOT,
                        "Of the gap between best static and bound, ratematch takes %.0f %%: %d of %d"
                                + " requests.",
                        gap > 0 ? 100.0 * taken / gap : 0.0,
                        taken,
                        gap));
        add(
                out,
                String.format(
                        Locale.ROOT,
                        "GPU-hours: %.2f, the best static split (%s) needs %.2f. Dropped requests: %d.",
                        live.gpuHours(),
                        verdict.split().label(),
                        verdict.staticBest().gpuHours(),
                        live.dropped()));
    }

    private static void changes(StringBuilder out, Outcome live) {
        add(
                out,
                String.format(Locale.ROOT, "Commanded changes, by virtual time: %d", live.moves()));
        for (var point : live.timeline()) {
            if (!point.note().isEmpty()) {
                add(
                        out,
                        String.format(
                                Locale.ROOT,
                                "  %s  %-6s %s",
                                DemoView.clock(point.atSeconds()),
                                "%dP%dD".formatted(point.prefill(), point.decode()),
                                point.note()));
            }
        }
    }

    private static String millis(double seconds, String format) {
        return Double.isNaN(seconds)
                ? "-"
                : Double.isInfinite(seconds)
                        ? "never"
                        : String.format(Locale.ROOT, format, 1000 * seconds);
    }

    private static void add(StringBuilder out, String line) {
        out.append(line.stripTrailing()).append(System.lineSeparator());
    }
}
