package dev.ratematch.experiments.study;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.plant.ColdRun;
import dev.ratematch.experiments.plant.SteadyRun;
import dev.ratematch.experiments.plant.Testbed;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.judge.StaticSearch;
import dev.ratematch.harness.plant.PlantSettings.Router;
import dev.ratematch.harness.plant.Speculation;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import dev.ratematch.harness.traffic.Phases.Shared;
import dev.ratematch.harness.traffic.Request;
import dev.ratematch.harness.traffic.Trace;
import dev.ratematch.harness.traffic.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What prefix reuse does to the ratio, on the simulated cluster, whose caches start cold and are
/// as large as half of a prefill engine's KV. The paper leaves reuse out.
public final class Reuse implements Study {

    private static final Slo PROMISE = new Slo(2, 0.030, 95);

    /// Its longest prompts take that long by themselves.
    private static final Slo LONG_PROMPTS = new Slo(5, 0.030, 95);

    private static final String MULTI_TURN = "mooncake-fast25-conversation.part1.jsonl.gz";
    private static final int BUDGET = 32;
    private static final int PROMPT = 16_384;
    private static final int ANSWER = 512;

    /// Few enough for every prefill replica to hold them all.
    private static final int FAMILIES = 20;

    /// Too many for one replica, so that they lie here and there.
    private static final int MANY_FAMILIES = 200;

    private static final double LOAD = 0.75;
    private static final double SECONDS = 900;
    private static final double WARM_SECONDS = 240;
    private static final double COLLAPSE = 1800;
    private static final double MOVE_SECONDS = 900;
    private static final double[] SHARES = {0, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95};
    private static final double[] FEW_SHARES = {0, 0.5, 0.95};

    private final boolean known;

    /// With the ids of the blocks that prompts share.
    public Reuse() {
        this(true);
    }

    /// @param known whether the cluster sees them
    Reuse(boolean known) {
        this.known = known;
    }

    /// One hit rate, steady.
    ///
    /// @param share of each prompt that others have as well
    /// @param ratio prefill GPUs per decode GPU, by the work of the traffic on the cluster
    /// @param requestsPerSecond of the traffic
    record Step(
            double share, double ratio, double requestsPerSecond, Outcome still, SteadyRun run) {

        /// The best fixed split.
        Episode.Pair split() {
            return StaticSearch.split(still);
        }
    }

    /// Hits that end in the midst of traffic.
    ///
    /// @param before the split of fewest GPUs that serves the hits, kept
    /// @param best the best split that knows what comes
    record Collapse(Outcome before, Outcome best, Outcome ours) {}

    /// A router under a recorded trace.
    record Turns(Router router, SteadyRun run) {}

    @Override
    public String name() {
        return "reuse";
    }

    @Override
    public String question() {
        return "How does the ratio move with the prefix hit rate, what if hits collapse, and what do"
                + " cold replicas cost after a move?";
    }

    @Override
    public Findings run(Asked asked, Progress progress) {
        var bed = Sites.testbed(asked, BUDGET);
        var slo = Sites.slo(asked, PROMISE);
        var steps = new ArrayList<Step>();
        double[] shares = asked.quick() ? FEW_SHARES : SHARES;
        for (double share : shares) {
            progress.at("hit rates", (double) steps.size() / shares.length);
            steps.add(step(bed, slo, share));
        }
        progress.at("hits that collapse", 0);
        var collapse = collapse(bed, slo);
        progress.at("multi-turn prompts", 0);
        var turns = turns(asked, bed);
        progress.at("cold replicas", 0);
        var cold = cold(bed, slo);
        var setting = new ArrayList<String>();
        setting.add(bed.says());
        setting.add(
                Words.say(
                        "Traffic: %d tokens in, %d out, %.0f %% of the budget needed at each hit rate;"
                                + " prompts of %d families, blocks of 512 tokens; promised %s to the"
                                + " first token, %s between tokens.",
                        PROMPT,
                        ANSWER,
                        100 * LOAD,
                        FAMILIES,
                        Words.time(slo.ttftSeconds()),
                        Words.time(slo.itlSeconds())));
        setting.add(
                turns.isEmpty()
                        ? "Multi-turn prompts: the recorded trace is not there, see --traces."
                        : "Multi-turn prompts: "
                                + (asked.trace() == null ? MULTI_TURN : asked.trace().name())
                                + ", with the block ids of its prompts. The other parts are made up: a"
                                + " recorded trace has one hit rate and cannot be asked for another.");
        return new Findings(
                name(),
                "Prefix reuse: the ratio by hit rate",
                question(),
                ReusePage.answer(steps, collapse, cold, MOVE_SECONDS),
                setting,
                ReusePage.tables(steps, collapse, turns, COLLAPSE),
                ReusePage.pictures(steps, collapse, cold),
                ReusePage.notes(steps));
    }

    private static Phase phase(String name, double seconds, double share, int families) {
        var phase = Phase.of(name, seconds, new Bounds(PROMPT, PROMPT), new Bounds(ANSWER, ANSWER));
        return share == 0 ? phase : phase.sharing(new Shared(share, families));
    }

    private Trace seen(Trace trace) {
        if (known) {
            return trace;
        }
        var bare =
                trace.requests().stream()
                        .map(
                                r ->
                                        new Request(
                                                r.arrivalNanos(),
                                                r.inputTokens(),
                                                r.outputTokens(),
                                                Request.NONE))
                        .toList();
        return new Trace(trace.name(), bare, trace.durationNanos(), trace.segments());
    }

    /// The best split at one hit rate, and what its caches make of it once they are warm.
    Step step(Testbed bed, Slo slo, double share) {
        var trace = seen(bed.loaded(List.of(phase("steady", SECONDS, share, FAMILIES)), slo, LOAD));
        var still = Testbed.still(bed.episode(trace, slo, List.of()));
        return new Step(
                share,
                bed.ratio(trace, slo, true),
                trace.requests().size() / trace.seconds(),
                still,
                SteadyRun.of(
                        bed.plant(),
                        trace,
                        StaticSearch.split(still),
                        slo,
                        Speculation.NONE,
                        WARM_SECONDS));
    }

    /// Half an hour of hits, then prompts that nobody has seen.
    Collapse collapse(Testbed bed, Slo slo) {
        var trace =
                seen(
                        bed.loaded(
                                List.of(
                                        phase("hits", COLLAPSE, 0.8, FAMILIES),
                                        phase("none", COLLAPSE, 0, 0)),
                                slo,
                                LOAD));
        var first = trace.window(0, Math.round(COLLAPSE * 1e9));
        var search = new StaticSearch(bed.episode(first, slo, List.of()));
        var start = StaticSearch.split(search.rightSized(search.best(null)));
        var whole = bed.episode(trace, slo, List.of());
        return new Collapse(
                new StaticSearch(whole).run(start),
                Testbed.still(whole),
                bed.controlled(whole, start));
    }

    /// Every router under prompts of several turns; empty without a trace that has block ids.
    private List<Turns> turns(Asked asked, Testbed bed) {
        var own = asked.trace();
        var recorded = own != null ? own : recorded(asked.traces().resolve(MULTI_TURN));
        if (recorded == null) {
            return List.of();
        }
        var slo = Sites.slo(asked, LONG_PROMPTS);
        var trace = seen(bed.scaled(recorded, slo));
        var pair = StaticSearch.split(Testbed.still(bed.episode(trace, slo, List.of())));
        var turns = new ArrayList<Turns>();
        for (var router : Router.values()) {
            turns.add(
                    new Turns(
                            router,
                            SteadyRun.of(
                                    bed.routed(router).plant(),
                                    trace,
                                    pair,
                                    slo,
                                    Speculation.NONE,
                                    WARM_SECONDS)));
        }
        return turns;
    }

    private static @Nullable Trace recorded(Path file) {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            return TraceReader.read(file, TraceReader.Options.defaults()).trace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A router that looks for prefixes, families that lie here and there, and then a third more
    /// prefill replicas.
    List<ColdRun.Minute> cold(Testbed bed, Slo slo) {
        var aware = bed.routed(Router.PREFIX_AWARE);
        var trace =
                seen(
                        aware.loaded(
                                List.of(phase("steady", 2 * MOVE_SECONDS, 0.8, MANY_FAMILIES)),
                                slo,
                                LOAD));
        var pair = StaticSearch.split(Testbed.still(aware.episode(trace, slo, List.of())));
        int moved = Math.max(1, Math.min(pair.prefill() / 3, pair.decode() - 1));
        var fewer = new Episode.Pair(pair.prefill() - moved, pair.decode());
        return ColdRun.of(
                aware,
                trace,
                fewer.prefill() < 1 ? pair : fewer,
                new Episode.Pair(pair.prefill() + (fewer.prefill() < 1 ? 1 : 0), pair.decode()),
                MOVE_SECONDS);
    }
}
