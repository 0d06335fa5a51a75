package dev.ratematch.experiments.study;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.findings.Findings.Note;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Axis;
import dev.ratematch.experiments.findings.Picture.Lines;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Table.Column;
import dev.ratematch.experiments.findings.Value;
import dev.ratematch.experiments.plant.Testbed;
import dev.ratematch.harness.judge.Disruption;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.judge.StaticSearch;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What it costs to follow a promise that becomes strict and relaxed again while traffic stays as
/// it is, on the simulated cluster. The paper's Fig. 9 has the ratios; it does not go from one to
/// another.
public final class Elasticity implements Study {

    private static final Slo RELAXED = new Slo(2, 0.040, 95);

    /// The strict promise asks for the same first token and for tokens that come so many times as
    /// fast: at 12.5 ms a step of the default engine is two thirds floor.
    private static final double STRICTER = 3.2;

    private static final double STRETCH = 1800;
    private static final double LOAD = 0.85;
    private static final int PROMPT = 4096;
    private static final int ANSWER = 512;
    private static final int BUDGET = 32;

    /// Windows of the promised share in a row after which the fleet counts as stable.
    private static final int WINDOWS = 3;

    private final boolean moves;

    /// Our controller beside the split that stands still.
    public Elasticity() {
        this(true);
    }

    /// @param moves whether the ratio may change; else the fixed one is played twice
    Elasticity(boolean moves) {
        this.moves = moves;
    }

    /// One cluster.
    ///
    /// @param stretch seconds that each promise holds for
    /// @param fixed the split that is best under the relaxed promise, kept
    /// @param best the best split that knows both promises, kept
    record Case(Testbed bed, double stretch, Outcome fixed, Outcome best, Outcome ours) {

        /// Seconds from the promise that is made after so many others to the first of three windows
        /// at the promise; NaN for never.
        double stable(Outcome outcome, int before, double share) {
            double from = before * stretch;
            double to = from + stretch;
            int run = 0;
            double since = Double.NaN;
            for (var p : outcome.timeline()) {
                if (p.atSeconds() <= from || p.atSeconds() > to) {
                    continue;
                }
                run = p.goodShare() >= share ? run + 1 : 0;
                since = run == 1 ? p.atSeconds() : since;
                if (run == WINDOWS) {
                    return since - from;
                }
            }
            return Double.NaN;
        }

        /// Requests that were lost while the promise was strict, of those that came.
        double lost(Outcome outcome) {
            return 1 - Rows.good(outcome, stretch, 2 * stretch);
        }
    }

    @Override
    public String name() {
        return "elasticity";
    }

    @Override
    public String question() {
        return "When the promise becomes strict and relaxed again under steady traffic, how long"
                + " until it is kept, how many good requests are lost, and in how many moves?";
    }

    @Override
    public Findings run(Asked asked, Progress progress) {
        var relaxed = Sites.slo(asked, RELAXED);
        var strict =
                new Slo(
                        relaxed.ttftSeconds(),
                        relaxed.itlSeconds() / STRICTER,
                        relaxed.percentile());
        var usual = Sites.testbed(asked, BUDGET);
        int[] sizes = asked.quick() ? new int[] {usual.gpus()} : new int[] {16, usual.gpus(), 64};
        double[] leads = asked.quick() ? new double[] {60} : new double[] {15, 60, 180};
        var cases = new ArrayList<Case>();
        for (double lead : leads) {
            progress.at("lead times", (double) cases.size() / (leads.length + sizes.length - 1));
            cases.add(play(usual.sized(usual.gpus(), lead), relaxed, strict, asked.trace()));
        }
        for (int size : sizes) {
            if (size != usual.gpus()) {
                progress.at(
                        "pool sizes", (double) cases.size() / (leads.length + sizes.length - 1));
                cases.add(play(usual.sized(size, 60), relaxed, strict, asked.trace()));
            }
        }
        var setting =
                List.of(
                        usual.says(),
                        Words.say(
                                "%s; %.0f min each of %s between tokens, of %s, and of %s again,"
                                        + " first token within %s.",
                                traffic(asked.trace()),
                                cases.getFirst().stretch() / 60,
                                Words.time(relaxed.itlSeconds()),
                                Words.say("%.1f ms", 1000 * strict.itlSeconds()),
                                Words.time(relaxed.itlSeconds()),
                                Words.time(relaxed.ttftSeconds())));
        return new Findings(
                name(),
                "Elasticity: a promise that becomes strict and relaxed again",
                question(),
                answer(cases),
                setting,
                List.of(table(cases, relaxed.percentile() / 100)),
                pictures(cases),
                notes(cases));
    }

    private static String traffic(@Nullable Trace own) {
        return own == null
                ? Words.say(
                        "Steady traffic of %d tokens in and %d out that needs %.0f %% of the budget"
                                + " under the strict promise",
                        PROMPT, ANSWER, 100 * LOAD)
                : Words.say(
                        "Traffic: %s, scaled so that its heaviest five minutes need most of the"
                                + " budget under the strict promise",
                        own.name());
    }

    private static Trace steady(Testbed bed, Slo strict) {
        var bounds = new Bounds(PROMPT, PROMPT);
        var answers = new Bounds(ANSWER, ANSWER);
        return bed.loaded(
                List.of(
                        Phase.of("relaxed", STRETCH, bounds, answers),
                        Phase.of("strict", STRETCH, bounds, answers),
                        Phase.of("relaxed again", STRETCH, bounds, answers)),
                strict,
                LOAD);
    }

    /// One cluster under all policies.
    ///
    /// @param own traffic whose thirds the promises hold for; null for steady traffic
    Case play(Testbed bed, Slo relaxed, Slo strict, @Nullable Trace own) {
        var trace = own == null ? steady(bed, strict) : bed.scaled(own, strict);
        double stretch = trace.seconds() / 3;
        var first = bed.episode(trace.window(0, Math.round(stretch * 1e9)), relaxed, List.of());
        var start = StaticSearch.split(Testbed.still(first));
        var whole =
                bed.episode(
                        trace,
                        relaxed,
                        List.of(
                                new Disruption.PromiseChanged(stretch, strict),
                                new Disruption.PromiseChanged(2 * stretch, relaxed)));
        var fixed = new StaticSearch(whole).run(start);
        return new Case(bed, stretch, fixed, Testbed.still(whole), ours(bed, whole, start, fixed));
    }

    private Outcome ours(Testbed bed, Episode whole, Episode.Pair start, Outcome fixed) {
        return moves ? bed.controlled(whole, start) : fixed;
    }

    private static String answer(List<Case> cases) {
        var c = cases.get(cases.size() > 1 ? 1 : 0);
        double settled = c.stable(c.ours(), 1, 0.95);
        return Words.say(
                "On %d GPUs that start in %.0f s the strict promise is kept %s, after %.1f %% of its"
                        + " requests were lost; the ratio that was best before loses %.1f %%, the best"
                        + " split that knows both promises %.1f %%; our controller makes %d moves in"
                        + " all.",
                c.bed().gpus(),
                c.bed().leadSeconds(),
                Double.isNaN(settled)
                        ? "never for three windows in a row"
                        : Words.say("%.0f s after it was made", settled),
                100 * c.lost(c.ours()),
                100 * c.lost(c.fixed()),
                100 * c.lost(c.best()),
                c.ours().moves());
    }

    private static Table table(List<Case> cases, double share) {
        var rows = new ArrayList<List<Value>>();
        for (var c : cases) {
            row(rows, c, "ratematch", c.ours(), share);
            row(rows, c, "ratio of the relaxed promise, kept", c.fixed(), share);
            row(rows, c, "best split for both, kept", c.best(), share);
        }
        return new Table(
                "By lead time and pool size",
                List.of(
                        Column.of("GPUs"),
                        new Column("lead time", "s", 0),
                        Column.of("policy"),
                        new Column("strict kept after", "s", 0),
                        new Column("relaxed kept after", "s", 0),
                        new Column("lost while strict", "%", 1),
                        new Column("lost in all", "%", 1),
                        Column.of("moves"),
                        Column.of("pair while relaxed"),
                        Column.of("pair while strict"),
                        new Column("held", "GPU-hours", 1)),
                rows);
    }

    private static void row(
            List<List<Value>> rows, Case c, String policy, Outcome outcome, double share) {
        var before = Rows.at(outcome, c.stretch());
        var strict = Rows.at(outcome, 2 * c.stretch());
        rows.add(
                Rows.row(
                        c.bed().gpus(),
                        c.bed().leadSeconds(),
                        policy,
                        c.stable(outcome, 1, share),
                        c.stable(outcome, 2, share),
                        100 * c.lost(outcome),
                        100 * (1 - outcome.attainment()),
                        outcome.moves(),
                        before.prefill() + "P" + before.decode() + "D",
                        strict.prefill() + "P" + strict.decode() + "D",
                        outcome.gpuHours()));
    }

    private static List<Picture> pictures(List<Case> cases) {
        var c = cases.get(cases.size() > 1 ? 1 : 0);
        return List.of(
                new Lines(
                        Words.say(
                                "Good requests while the promise changes after %.0f and %.0f minutes",
                                c.stretch() / 60, 2 * c.stretch() / 60),
                        Axis.linear("minutes"),
                        Axis.linear("% good by arrival"),
                        List.of(
                                Rows.overTime("ratematch", c.ours(), p -> 100 * p.goodShare()),
                                Rows.overTime(
                                        "ratio of the relaxed promise, kept",
                                        c.fixed(),
                                        p -> 100 * p.goodShare())),
                        List.of()),
                new Lines(
                        "Replicas that our controller commands",
                        Axis.linear("minutes"),
                        Axis.linear("replicas"),
                        List.of(
                                Rows.commanded("prefill", c.ours(), Outcome.Point::prefill),
                                Rows.commanded("decode", c.ours(), Outcome.Point::decode)),
                        List.of()));
    }

    private static List<Note> notes(List<Case> cases) {
        var c = cases.get(cases.size() > 1 ? 1 : 0);
        var relaxed = Rows.at(c.ours(), c.stretch());
        var strict = Rows.at(c.ours(), 2 * c.stretch());
        double before = (double) relaxed.prefill() / relaxed.decode();
        double after = (double) strict.prefill() / strict.decode();
        return List.of(
                new Note(
                        "The tighter the time between tokens, the lower the ratio (Fig. 9).",
                        after < before,
                        Words.say(
                                "%dP%dD while relaxed, %dP%dD while strict.",
                                relaxed.prefill(),
                                relaxed.decode(),
                                strict.prefill(),
                                strict.decode())));
    }
}
