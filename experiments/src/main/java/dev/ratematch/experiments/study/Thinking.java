package dev.ratematch.experiments.study;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.spec.Option;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.findings.Findings.Note;
import dev.ratematch.experiments.findings.Picture;
import dev.ratematch.experiments.findings.Picture.Axis;
import dev.ratematch.experiments.findings.Picture.Lines;
import dev.ratematch.experiments.findings.Table;
import dev.ratematch.experiments.findings.Table.Column;
import dev.ratematch.experiments.findings.Value;
import dev.ratematch.experiments.plant.Testbed;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.PerfectModel;
import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.judge.StaticSearch;
import dev.ratematch.harness.judge.TimetableSearch;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reasoning budgets that explode and vary, on the simulated cluster: what moving, a margin on the
/// forecast, a true model and foresight are worth. The paper names inference-time compute as future
/// work.
public final class Thinking implements Study {

    private static final Slo PROMISE = new Slo(2, 0.030, 95);
    private static final int BUDGET = 32;
    private static final double STRETCH = 1500;

    /// Near what the fleet carries while everybody thinks, so that a margin has something to save.
    private static final double LOAD = 0.7;

    private static final Bounds PROMPTS = new Bounds(4000, 8000);
    private static final Bounds CURT = new Bounds(100, 300);
    private static final Bounds LONG = new Bounds(2000, 8000);
    private static final Bounds ANY = new Bounds(100, 8000);
    private static final double[] MARGINS = {0, 0.25, 1, 2, 3};
    private static final double[] FEW_MARGINS = {0, 0.25, 3};
    private static final String NO_FORECAST = "ratematch, no forecasts";

    /// The fleet is made for the traffic of now: nothing is kept for the next turn, and nothing on
    /// top of what is seen until the controller has seen for itself how far that goes wrong.
    static final Tuning WITHOUT_FORECASTS =
            Tuning.DEFAULT.with(Option.TURN_HEDGE, 0).with(Option.DEMAND_MARGIN, 0);

    private static final int EFFORT = 25;
    private static final int FEW_EFFORT = 5;

    private final boolean moves;

    /// With our controller.
    public Thinking() {
        this(true);
    }

    /// @param moves whether the ratio may change; without, the split of the first phase is kept
    Thinking(boolean moves) {
        this.moves = moves;
    }

    /// What came out for one policy.
    record Played(String policy, Outcome outcome) {}

    @Override
    public String name() {
        return "thinking";
    }

    @Override
    public String question() {
        return "When reasoning budgets explode and vary, what are moving, a margin on the forecast,"
                + " forecasts at all and foresight worth?";
    }

    @Override
    public Findings run(Asked asked, Progress progress) {
        var bed = Sites.testbed(asked, BUDGET);
        var slo = Sites.slo(asked, PROMISE);
        var own = asked.trace();
        var trace = own == null ? trace(bed, slo) : bed.scaled(own, slo);
        var episode = bed.episode(trace, slo, List.of());
        var start = start(bed, slo, trace);
        var all = new ArrayList<Played>();
        progress.at("splits that stand still", 0);
        all.add(new Played("first phase's split, kept", new StaticSearch(episode).run(start)));
        var still = Testbed.still(episode);
        all.add(new Played("best split that knows the trace", still));
        double[] margins = asked.quick() ? FEW_MARGINS : MARGINS;
        for (double margin : margins) {
            progress.at("margins", (double) all.size() / (margins.length + 4));
            all.add(
                    new Played(
                            Words.say("ratematch, margin %.2f", margin),
                            ours(bed, episode, start, margined(margin))));
        }
        progress.at("no forecasts", 0.65);
        all.add(new Played(NO_FORECAST, ours(bed, episode, start, WITHOUT_FORECASTS)));
        progress.at("a true model", 0.7);
        var spec = bed.service(slo, Tuning.DEFAULT).spec();
        all.add(
                new Played(
                        "ratematch, true model and traffic",
                        episode.run(new PerfectModel(_ -> spec, episode.plant()), start, _ -> {})));
        progress.at("foresight", 0.8);
        all.add(
                new Played(
                        "oracle",
                        new TimetableSearch(episode, start)
                                .search(
                                        List.of(),
                                        StaticSearch.split(still),
                                        asked.quick() ? FEW_EFFORT : EFFORT)));
        return new Findings(
                name(),
                "Thinking: reasoning budgets that explode",
                question(),
                answer(all),
                setting(bed, own),
                List.of(table(all)),
                pictures(all),
                notes(all));
    }

    private static List<String> setting(Testbed bed, @Nullable Trace own) {
        return List.of(
                bed.says(),
                "No forecasts: turnHedge and demandMargin are 0, so that the fleet is made for the traffic of"
                        + " now. Kinds of traffic that were never seen cannot be prepared for: what is"
                        + " kept for the turn back is then in the way.",
                own != null
                        ? "Traffic: " + own.name()
                        : Words.say(
                                "Traffic: %d to %d tokens in; %.0f min each of %d to %d tokens"
                                        + " out, of %d to %d, and of %d to %d, at one rate of"
                                        + " requests; the heaviest five minutes need %.0f %% of"
                                        + " the budget.",
                                PROMPTS.least(),
                                PROMPTS.most(),
                                STRETCH / 60,
                                CURT.least(),
                                CURT.most(),
                                LONG.least(),
                                LONG.most(),
                                ANY.least(),
                                ANY.most(),
                                100 * LOAD));
    }

    /// Curt answers, then long ones, then anything between, at one rate of requests.
    static Trace trace(Testbed bed, Slo slo) {
        return bed.loaded(
                List.of(
                        Phase.of("curt", STRETCH, PROMPTS, CURT),
                        Phase.of("thinking", STRETCH, PROMPTS, LONG),
                        Phase.of("varied", STRETCH, PROMPTS, ANY)),
                slo,
                LOAD);
    }

    /// The best split of the first third, which nobody knows to be the first of three.
    static Episode.Pair start(Testbed bed, Slo slo, Trace trace) {
        var first = trace.window(0, trace.durationNanos() / 3);
        return StaticSearch.split(Testbed.still(bed.episode(first, slo, List.of())));
    }

    /// The law with a margin on what it forecasts.
    static Tuning margined(double margin) {
        return Tuning.DEFAULT.with(Option.DEMAND_MARGIN, margin);
    }

    /// Our controller under a law.
    Outcome ours(Testbed bed, Episode episode, Episode.Pair start, Tuning law) {
        if (!moves) {
            return new StaticSearch(episode).run(start);
        }
        return episode.run(bed.controller(episode.slo(), law), start, _ -> {});
    }

    private static Outcome of(List<Played> all, String policy) {
        return all.stream()
                .filter(p -> p.policy().equals(policy))
                .findFirst()
                .orElseThrow()
                .outcome();
    }

    private static String answer(List<Played> all) {
        var kept = all.getFirst().outcome();
        var still = all.get(1).outcome();
        var ours = of(all, "ratematch, margin 0.25");
        var none = of(all, "ratematch, margin 0.00");
        double ahead = 100 * (ours.attainment() - of(all, NO_FORECAST).attainment());
        var perfect = of(all, "ratematch, true model and traffic");
        var oracle = of(all, "oracle");
        var widest =
                all.stream()
                        .filter(p -> p.policy().startsWith("ratematch, margin"))
                        .max(Comparator.comparingInt(p -> p.outcome().good()))
                        .orElseThrow();
        return Words.say(
                "Our controller keeps %.1f %% of the requests good on %.0f %% of the GPU-hours of the"
                        + " best split that knows the trace, which keeps %.1f %%, and the split of the"
                        + " first phase %.1f %%; its margin of 25 %% is worth %.1f points (%s does best"
                        + " with %.1f %%), all that it does ahead of what is seen %s %.1f, a true model %.1f, and foresight beyond that %.1f.",
                100 * ours.attainment(),
                100 * ours.gpuHours() / still.gpuHours(),
                100 * still.attainment(),
                100 * kept.attainment(),
                100 * (ours.attainment() - none.attainment()),
                widest.policy().substring("ratematch, ".length()),
                100 * widest.outcome().attainment(),
                ahead >= 0 ? "gains" : "costs",
                Math.abs(ahead),
                100 * (perfect.attainment() - ours.attainment()),
                100 * (oracle.attainment() - perfect.attainment()));
    }

    private static Table table(List<Played> all) {
        var rows = new ArrayList<List<Value>>();
        for (var played : all) {
            var o = played.outcome();
            rows.add(
                    Rows.row(
                            played.policy(),
                            100 * Rows.good(o, 0, STRETCH),
                            100 * Rows.good(o, STRETCH, 2 * STRETCH),
                            100 * Rows.good(o, 2 * STRETCH, Double.MAX_VALUE),
                            100 * o.attainment(),
                            o.moves(),
                            o.adaptSeconds().orElse(Double.NaN),
                            o.gpuHours()));
        }
        return new Table(
                "Policies",
                List.of(
                        Column.of("policy"),
                        new Column("good, first third", "%", 1),
                        new Column("second", "%", 1),
                        new Column("last", "%", 1),
                        new Column("good in all", "%", 1),
                        Column.of("moves"),
                        new Column("time to adapt", "s", 0),
                        new Column("held", "GPU-hours", 1)),
                rows);
    }

    private static List<Picture> pictures(List<Played> all) {
        var ours = of(all, "ratematch, margin 0.25");
        var oracle = of(all, "oracle");
        return List.of(
                new Lines(
                        "Good requests by arrival",
                        Axis.linear("minutes"),
                        Axis.linear("%"),
                        List.of(
                                Rows.overTime("ratematch", ours, p -> 100 * p.goodShare()),
                                Rows.overTime(
                                        "first phase's split, kept",
                                        all.getFirst().outcome(),
                                        p -> 100 * p.goodShare())),
                        List.of()),
                new Lines(
                        "Prefill share of the replicas, commanded",
                        Axis.linear("minutes"),
                        Axis.linear("%"),
                        List.of(
                                Rows.commanded("ratematch", ours, Thinking::share),
                                Rows.commanded("oracle", oracle, Thinking::share)),
                        List.of()));
    }

    private static double share(Outcome.Point p) {
        return 100.0 * p.prefill() / (p.prefill() + p.decode());
    }

    private static List<Note> notes(List<Played> all) {
        var ours = of(all, "ratematch, margin 0.25");
        var kept = all.getFirst().outcome();
        return List.of(
                new Note(
                        "A fixed ratio fails where the traffic turns generation-heavy (Fig. 10, in"
                                + " time).",
                        ours.attainment() > kept.attainment(),
                        Words.say(
                                "%.1f %% good with the first phase's split, %.1f %% with moves.",
                                100 * kept.attainment(), 100 * ours.attainment())));
    }
}
