package dev.ratematch.experiments.study;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.plant.Testbed;
import dev.ratematch.harness.judge.Disruption;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.judge.StaticSearch;
import dev.ratematch.harness.plant.Speculation;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import java.util.ArrayList;
import java.util.List;

/// What speculation does to the ratio, on the simulated cluster: every step verifies drafts, which
/// costs time, and yields several tokens. The paper names it as future work.
public final class SpeculationStudy implements Study {

    private static final Slo PROMISE = new Slo(2, 0.030, 95);
    private static final int BUDGET = 32;
    private static final int PROMPT = 4096;
    private static final int ANSWER = 1024;
    private static final double SECONDS = 900;
    private static final double SWITCH_SECONDS = 1800;
    private static final double SWITCHED_SECONDS = 5400;

    /// Of the budget, so that neither luck nor noise decides.
    private static final double LOAD = 0.85;

    /// Chance of each draft to be right, given those before it: the lower end of what public
    /// reports of draft heads and MTP state (DeepSeek-V3 report: 0.85 to 0.90 for the first).
    static final double RIGHT = 0.8;

    private static final double[] LENGTHS = {1, 1.5, 2, 2.5, 3, 3.5, 4};
    private static final double[] FEW_LENGTHS = {1, 2, 4};

    private final boolean charged;

    /// With the cost of verification.
    public SpeculationStudy() {
        this(true);
    }

    /// @param charged whether verifying and drafting cost anything
    SpeculationStudy(boolean charged) {
        this.charged = charged;
    }

    /// The cluster at one accept length, the traffic scaled to what it carries.
    ///
    /// @param speculation of its decode engines
    /// @param ratio prefill GPUs per decode GPU, by the work of the traffic on the cluster
    /// @param requestsPerSecond of the traffic
    /// @param still the best fixed split under it
    record Step(Speculation speculation, double ratio, double requestsPerSecond, Outcome still) {

        /// That split.
        Episode.Pair split() {
            return StaticSearch.split(still);
        }
    }

    /// Speculation that begins while traffic goes on.
    record Switched(Speculation speculation, Outcome still, Outcome ours) {}

    @Override
    public String name() {
        return "speculation";
    }

    @Override
    public String question() {
        return "How does the ratio move as decode accepts 1 to 4 tokens a step, verification being"
                + " paid for, and what happens when it is switched on?";
    }

    /// Fewest drafts that give an accept length where each is right with that chance.
    static Speculation of(double acceptLength) {
        int drafts = 0;
        double expected = 1;
        for (double chance = RIGHT; expected < acceptLength - 1e-9; chance *= RIGHT) {
            expected += chance;
            drafts++;
        }
        return Speculation.of(drafts, acceptLength);
    }

    @Override
    public Findings run(Asked asked, Progress progress) {
        var bed = Sites.testbed(asked, BUDGET);
        var slo = Sites.slo(asked, PROMISE);
        var steps = new ArrayList<Step>();
        var free = new ArrayList<Step>();
        double[] lengths = asked.quick() ? FEW_LENGTHS : LENGTHS;
        for (double length : lengths) {
            progress.at("accept length", (double) steps.size() / lengths.length);
            steps.add(step(asked, bed, slo, of(length)));
            free.add(step(asked, bed, slo, of(length).free()));
        }
        var switched = switched(bed, slo, of(2.5), progress);
        var lengthsSaid =
                asked.trace() == null
                        ? Words.say("%d tokens in, %d out", PROMPT, ANSWER)
                        : asked.trace().name();
        var setting =
                List.of(
                        bed.says(),
                        Words.say(
                                "Traffic: %s, scaled at each accept length to %.0f %% of what the budget"
                                        + " carries; promised %s to the first token, %s between"
                                        + " tokens.",
                                lengthsSaid,
                                100 * LOAD,
                                Words.time(slo.ttftSeconds()),
                                Words.time(slo.itlSeconds())),
                        Words.say(
                                "Drafts: as many as give the accept length where each is right in %.0f"
                                        + " %% of cases. Each costs a token of computing, 2.7 %% of"
                                        + " the step's floor to make, and a tenth of a token's"
                                        + " attention (docs/plant.md).",
                                100 * RIGHT));
        return new Findings(
                name(),
                "Speculation: the ratio by accept length",
                question(),
                SpeculationPage.answer(steps, free, switched, SWITCH_SECONDS),
                setting,
                SpeculationPage.tables(steps, free, switched, SWITCH_SECONDS),
                SpeculationPage.pictures(steps, free, switched),
                SpeculationPage.notes(steps, free));
    }

    /// The best split at one accept length, under as much traffic as the cluster then carries.
    Step step(Asked asked, Testbed bed, Slo slo, Speculation asIs) {
        var speculation = charged ? asIs : asIs.free();
        var faster = bed.speculating(speculation);
        var own = asked.trace();
        var trace =
                own == null
                        ? faster.loaded(List.of(phase(SECONDS)), slo, LOAD)
                        : faster.scaled(own, slo);
        return new Step(
                speculation,
                faster.ratio(trace, slo, false),
                trace.requests().size() / trace.seconds(),
                Testbed.still(faster.episode(trace, slo, List.of())));
    }

    private static Phase phase(double seconds) {
        return Phase.of("steady", seconds, new Bounds(PROMPT, PROMPT), new Bounds(ANSWER, ANSWER));
    }

    /// Decode begins to speculate while traffic stays as it is.
    static Switched switched(Testbed bed, Slo slo, Speculation speculation, Progress progress) {
        progress.at("switched on", 0);
        var trace = bed.loaded(List.of(phase(SWITCHED_SECONDS)), slo, LOAD);
        var before = bed.loaded(List.of(phase(SECONDS)), slo, LOAD);
        var start = StaticSearch.split(Testbed.still(bed.episode(before, slo, List.of())));
        var episode =
                bed.episode(
                        trace,
                        slo,
                        List.of(new Disruption.SpeculationOn(SWITCH_SECONDS, speculation)));
        progress.at("switched on", 0.5);
        return new Switched(
                speculation, new StaticSearch(episode).run(start), bed.controlled(episode, start));
    }
}
