package dev.ratematch.experiments.study;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.transfer.KvLink.Mode;
import dev.ratematch.experiments.design.Deployment;
import dev.ratematch.experiments.findings.Findings;
import dev.ratematch.experiments.plant.SteadyRun;
import dev.ratematch.experiments.plant.Testbed;
import dev.ratematch.harness.judge.Disruption;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Progress;
import dev.ratematch.harness.judge.StaticSearch;
import dev.ratematch.harness.plant.Speculation;
import dev.ratematch.harness.traffic.Phases.Bounds;
import dev.ratematch.harness.traffic.Phases.Phase;
import dev.ratematch.harness.traffic.Trace;
import java.util.ArrayList;
import java.util.List;

/// How much KV goes out of prefill and into decode, what of it is seen by users, and what happens
/// on a link that it fills. The paper asks it in its Fig. 12.
public final class Bandwidth implements Study {

    private static final int WIDEST = 64;
    private static final double PAPER_SPEED = 50;
    private static final double OUTPUT_TOKENS = 2048;
    private static final int[] INPUTS = {1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072};

    /// Links, in multiples of what the traffic needs.
    private static final double[] LINKS = {8, 4, 2, 1.5, 1.2, 1, 0.9};

    private static final double[] FEW_LINKS = {8, 1.5, 0.9};
    private static final Slo PROMISE = new Slo(2, 0.030, 95);
    private static final int BUDGET = 32;

    /// Share of the budget that the steady traffic needs: queues are short, so that what is late is
    /// late by its transfer.
    private static final double STEADY_LOAD = 0.5;

    private static final double STEADY_SECONDS = 600;
    private static final double WARM_SECONDS = 60;
    private static final double SAG_FROM = 900;
    private static final double SAG_TO = 1800;
    private static final double SAG_END = 2700;

    /// What a sagging link carries of what the traffic needs.
    static final double SAG_SHARE = 0.875;

    static final int PROMPT = 8192;
    private static final int ANSWER = 256;

    private final boolean overlap;

    /// Layer-wise transfer runs beside prefill.
    public Bandwidth() {
        this(true);
    }

    /// @param overlap whether it does; without, it is what a push is
    Bandwidth(boolean overlap) {
        this.overlap = overlap;
    }

    /// KV traffic of one model at one prompt length.
    ///
    /// @param out GB/s out of each prefill GPU; NaN where no engine keeps the promise
    /// @param in GB/s into each decode GPU
    record Flow(double inputTokens, double out, double in) {}

    /// One mode on one link, steady.
    ///
    /// @param link GB/s a GPU, one way
    /// @param needed what the traffic moves through each GPU of the narrower pool, GB/s
    record Point(Mode mode, double link, double needed, SteadyRun run) {

        /// Transfer that users wait for, median, seconds.
        double exposed() {
            return SteadyRun.quantile(run.exposed(), 0.5);
        }

        /// Time to first token that 95 % keep, seconds.
        double ttft() {
            return SteadyRun.quantile(run.ttft(), 0.95);
        }
    }

    /// A link that sags for a quarter of an hour.
    ///
    /// @param share of its bandwidth that is left meanwhile
    record Sag(double share, Outcome still, Outcome ours) {}

    @Override
    public String name() {
        return "bandwidth";
    }

    @Override
    public String question() {
        return "How many GB/s of KV leave a prefill GPU and enter a decode GPU, how much of the"
                + " transfer do users wait for, and what happens when the link is full?";
    }

    @Override
    public Findings run(Asked asked, Progress progress) {
        var gpu = asked.gpuOr(Accelerators.GB200);
        var models =
                asked.model() != null
                        ? List.of(asked.model())
                        : List.of(Models.DEEPSEEK_R1, Models.LLAMA_3_1_405B, Models.LLAMA_3_1_70B);
        var flows = new ArrayList<List<Flow>>();
        for (ModelSpec model : models) {
            progress.at("KV traffic of " + model.name(), (double) flows.size() / models.size());
            flows.add(
                    flows(
                            Deployment.of(
                                    model,
                                    gpu,
                                    asked.precisionOn(gpu),
                                    WIDEST,
                                    Load.of(PROMPT, OUTPUT_TOKENS)),
                            1 / asked.itlOr(1 / PAPER_SPEED)));
        }
        var bed = Sites.testbed(asked, BUDGET);
        var slo = Sites.slo(asked, PROMISE);
        var sweep = sweep(bed, trace(asked, bed, slo, STEADY_SECONDS), slo, links(asked), progress);
        var sag = sag(bed, trace(asked, bed, slo, SAG_END), slo, progress);
        var setting =
                List.of(
                        Words.say(
                                "KV traffic by the cost model on %s at %.0f tokens/s/user, %.0f tokens"
                                        + " out, pools matched.",
                                gpu.name(), 1 / asked.itlOr(1 / PAPER_SPEED), OUTPUT_TOKENS),
                        bed.says(),
                        Words.say(
                                "Steady traffic there: %s, %.0f %% of the budget needed; promised %s"
                                        + " to the first token, %s between tokens.",
                                asked.trace() == null
                                        ? PROMPT + " tokens in, " + ANSWER + " out"
                                        : asked.trace().name(),
                                100 * STEADY_LOAD,
                                Words.time(slo.ttftSeconds()),
                                Words.time(slo.itlSeconds())));
        return new Findings(
                name(),
                "KV bandwidth: how much, how much of it shows, and a link that is full",
                question(),
                BandwidthPage.answer(sweep, sag),
                setting,
                BandwidthPage.tables(models, flows, sweep, sag, SAG_FROM, SAG_TO),
                BandwidthPage.pictures(models, flows, sweep, sag),
                BandwidthPage.notes(models, flows, sweep));
    }

    private static double[] links(Asked asked) {
        return asked.quick() ? FEW_LINKS : LINKS;
    }

    /// KV traffic by prompt length.
    static List<Flow> flows(Deployment deployment, double speed) {
        var flows = new ArrayList<Flow>();
        for (int input : INPUTS) {
            var load = Load.of(input, deployment.load().outputTokens());
            var matched = deployment.under(load).matched(speed);
            flows.add(
                    new Flow(
                            input,
                            matched.map(
                                            m ->
                                                    m.prefill()
                                                                    .egressBytesPerSecondPerGpu(
                                                                            deployment.model(),
                                                                            load)
                                                            / 1e9)
                                    .orElse(Double.NaN),
                            matched.map(
                                            m ->
                                                    m.decode()
                                                                    .ingressBytesPerSecondPerGpu(
                                                                            deployment.model(),
                                                                            load)
                                                            / 1e9)
                                    .orElse(Double.NaN)));
        }
        return flows;
    }

    /// The steady traffic.
    static Trace trace(Asked asked, Testbed bed, Slo slo, double seconds) {
        var own = asked.trace();
        if (own != null) {
            return bed.scaled(own, slo);
        }
        var phase =
                Phase.of("steady", seconds, new Bounds(PROMPT, PROMPT), new Bounds(ANSWER, ANSWER));
        return bed.loaded(List.of(phase), slo, STEADY_LOAD);
    }

    /// Every mode on every link, the pair being the best on the widest.
    List<Point> sweep(Testbed bed, Trace trace, Slo slo, double[] links, Progress progress) {
        var pair = StaticSearch.split(Testbed.still(bed.episode(trace, slo, List.of())));
        double needed = needed(bed, trace, pair);
        var points = new ArrayList<Point>();
        for (Mode mode : Mode.values()) {
            var played = mode == Mode.LAYERWISE && !overlap ? Mode.PUSH : mode;
            for (double times : links) {
                double link = times * needed;
                progress.at("links", (double) points.size() / (3 * links.length));
                points.add(
                        new Point(
                                mode,
                                link,
                                needed,
                                SteadyRun.of(
                                        bed.linked(link, played).plant(),
                                        trace,
                                        pair,
                                        slo,
                                        Speculation.NONE,
                                        WARM_SECONDS)));
            }
        }
        return points;
    }

    /// The link carries for a while seven eighths of what the traffic needs.
    Sag sag(Testbed bed, Trace trace, Slo slo, Progress progress) {
        progress.at("a link that sags", 0);
        var usual = bed.episode(trace, slo, List.of());
        var still = Testbed.still(usual);
        var pair = StaticSearch.split(still);
        double needed = needed(bed, trace, pair);
        double share = SAG_SHARE * needed / bed.linkGbPerSecond();
        var sagging =
                bed.episode(
                        trace,
                        slo,
                        List.of(new Disruption.LinkSlowed(SAG_FROM, SAG_TO, Math.min(1, share))));
        progress.at("a link that sags", 0.4);
        return new Sag(share, new StaticSearch(sagging).run(pair), bed.controlled(sagging, pair));
    }

    private static double needed(Testbed bed, Trace trace, Episode.Pair pair) {
        var plant = bed.plant();
        double tokens = trace.requests().stream().mapToDouble(r -> r.inputTokens()).sum();
        int narrower =
                Math.min(
                        pair.prefill() * plant.prefill().gpus(),
                        pair.decode() * plant.decode().gpus());
        return tokens * plant.kvBytesPerToken() / trace.seconds() / narrower / 1e9;
    }
}
