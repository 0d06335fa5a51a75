package dev.ratematch.sizing;

import dev.ratematch.costmodel.frontier.mix.Placement;
import dev.ratematch.costmodel.frontier.points.Binding;
import dev.ratematch.costmodel.frontier.points.DecodePoint;
import dev.ratematch.costmodel.frontier.points.PrefillPoint;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.frontier.search.ColocatedSweep;
import dev.ratematch.costmodel.frontier.search.Configurations;
import dev.ratematch.costmodel.frontier.search.DecodeSweep;
import dev.ratematch.costmodel.frontier.search.FleetPlan;
import dev.ratematch.costmodel.frontier.search.FleetPlanner;
import dev.ratematch.costmodel.frontier.search.Frontier;
import dev.ratematch.costmodel.frontier.search.Sweep;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/// Works a request out: configurations, plan, and the frontiers when they are wanted.
///
/// @param request what was asked
/// @param configurations what can be run and what cannot
/// @param plan the answer
public record ModelPlan(ModelRequest request, Configurations configurations, FleetPlan plan) {

    /// Both curves, the points behind them counted.
    public record Frontiers(Frontier disaggregated, Frontier colocated, int points) {}

    /// Plans, or refuses with what would be right.
    public static ModelPlan of(ModelRequest request) {
        var target = request.target();
        var found = configurations(request);
        var placement = new Placement(request.accelerator().nvlinkGpus(), request.gpus());
        return switch (FleetPlanner.plan(
                target, placement, found.legal(), request.shapes().rules())) {
            case FleetPlanner.Result.Planned(var plan) -> new ModelPlan(request, found, plan);
            case FleetPlanner.Result.TooSlow slow -> throw new NoPlan(tooSlow(request, slow));
            case FleetPlanner.Result.TooFewGpus few -> throw new NoPlan(tooFewGpus(request, few));
            case FleetPlanner.Result.NoPair(var prefill, var decode) ->
                    throw new NoPlan(
                            ("No pair of engines meets both latencies under NIXL's rule (prefill TP at"
                                            + " most decode TP): prefill needs %s, decode %s. Give"
                                            + " --pairing any if your transfer library has no such"
                                            + " rule.")
                                    .formatted(prefill.name(), decode.name()));
        };
    }

    /// What can be run and what cannot, or a refusal where nothing can.
    static Configurations configurations(ModelRequest request) {
        var found =
                Configurations.compile(
                        request.candidates(),
                        request.target().model(),
                        request.accelerator(),
                        request.compiler()::compile);
        request.shapes().refuseIllegal(found);
        if (found.legal().isEmpty()) {
            throw new NoPlan(nothingFits(request, found));
        }
        return found;
    }

    /// Sweeps both frontiers on all cores.
    ///
    /// @param points design points, about
    /// @param progress told the share that is done, from any thread
    public Frontiers frontiers(int points, DoubleConsumer progress) {
        var target = plan.target();
        var usable =
                configurations.legal().stream().filter(w -> w.gpus() < request.gpus()).toList();
        var prefill = FleetPlanner.prefillPoints(target, usable);
        var split = new DecodeSweep(target, usable, prefill, points / 2);
        var joint = new ColocatedSweep(target, usable, points - points / 2);
        var done = new AtomicInteger();
        int slices = split.slices() + joint.slices();
        DoubleConsumer tell = progress;
        for (Sweep sweep : List.of(split, joint)) {
            IntStream.range(0, sweep.slices())
                    .parallel()
                    .forEach(
                            slice -> {
                                sweep.fill(slice);
                                tell.accept((double) done.incrementAndGet() / slices);
                            });
        }
        return new Frontiers(Frontier.of(split), Frontier.of(joint), split.size() + joint.size());
    }

    /// Whether to disaggregate, one sentence.
    public String advice() {
        return Advice.disaggregate(plan);
    }

    /// How far the figures can be trusted.
    public Trust trust() {
        return Trust.of(this);
    }

    /// Whether a link binds.
    boolean linkBinds() {
        return plan.binding() == Binding.EGRESS || plan.binding() == Binding.INGRESS;
    }

    private static String nothingFits(ModelRequest request, Configurations found) {
        Optional<Configurations.Illegal> widest =
                found.illegal().stream()
                        .filter(i -> i.reason() == Configurations.Reason.MEMORY)
                        .reduce((_, later) -> later);
        String narrow =
                request.shapes().narrow()
                        ? "--max-replica-gpus (%d) is too small: "
                                .formatted(request.shapes().maxReplicaGpus())
                        : "";
        return widest.map(illegal -> narrow + illegal.message())
                .orElseGet(
                        () ->
                                "%s cannot be cut for %s: %s"
                                        .formatted(
                                                request.target().model().name(),
                                                request.accelerator().name(),
                                                found.illegal().getLast().message()));
    }

    private static String tooFewGpus(ModelRequest request, FleetPlanner.Result.TooFewGpus few) {
        String instead =
                few.colocated()
                        .map(
                                fleet ->
                                        ", or do not disaggregate: co-located, %s serves %s requests/s"
                                                .formatted(
                                                        ModelReport.shape(fleet.counts()),
                                                        Numbers.shown(fleet.requestsPerSecond())))
                        .orElse("");
        return ("--gpus (%d) is too small: the smallest prefill engine (%s, %s) and decode"
                        + " engine (%s, %s) that meet the latencies need %d more; give --gpus"
                        + " %d%s.")
                .formatted(
                        request.gpus(),
                        few.prefill().name(),
                        Numbers.gpus(few.prefill().worker().gpus()),
                        few.decode().name(),
                        Numbers.gpus(few.decode().worker().gpus()),
                        few.missing(),
                        request.gpus() + few.missing(),
                        instead);
    }

    private static String tooSlow(ModelRequest request, FleetPlanner.Result.TooSlow slow) {
        var said = new ArrayList<String>();
        if (!slow.prefillInTime()) {
            said.add(
                    slow.fastestPrefill()
                            .map(best -> prefillTooSlow(request.target(), best, slow))
                            .orElse(
                                    "No prefill engine holds one prompt of that length; take a"
                                            + " smaller --isl or --kv-dtype fp8."));
        }
        if (!slow.decodeInTime()) {
            said.add(
                    slow.fastestDecode()
                            .map(best -> decodeTooSlow(request.target(), best))
                            .orElse(
                                    "No decode engine holds one sequence of that length; take a"
                                            + " smaller --isl or --osl, or --kv-dtype fp8."));
        }
        return String.join(" ", said);
    }

    private static String prefillTooSlow(
            Target target, PrefillPoint best, FleetPlanner.Result.TooSlow slow) {
        return ("--ttft (%s) cannot be met at %s input tokens: the best is %s, %s, with %s and "
                        + "a first step of %s; --ttft %s%s could be met.")
                .formatted(
                        time(target.ttftSeconds()),
                        Numbers.plain(target.load().inputTokens()),
                        time(best.ttftSeconds()),
                        over(best.ttftSeconds(), target.ttftSeconds()),
                        best.name(),
                        time(target.itlSeconds()),
                        promise(best.ttftSeconds()),
                        slow.longestPrompt() == 0 ? "" : ", or --isl " + slow.longestPrompt());
    }

    private static String decodeTooSlow(Target target, DecodePoint best) {
        return ("--itl (%s) cannot be met at that context: the best is %s, %s, with %s and one "
                        + "sequence per copy of attention; --itl %s could be met.")
                .formatted(
                        time(target.itlSeconds()),
                        time(best.itlSeconds()),
                        over(best.itlSeconds(), target.itlSeconds()),
                        best.name(),
                        promise(best.itlSeconds()));
    }

    /// How far over a promise something is.
    private static String over(double seconds, double promised) {
        double times = seconds / promised;
        return times < 2
                ? Numbers.fixed(100 * (times - 1), 1) + " % over it"
                : Numbers.fixed(times, 1) + " times as long";
    }

    /// A length of time as an option takes it, rounded up to three digits so that it can be kept.
    private static String promise(double seconds) {
        var digits = new MathContext(3, RoundingMode.UP);
        return seconds < 10
                ? BigDecimal.valueOf(1000 * seconds).round(digits).toPlainString() + "ms"
                : BigDecimal.valueOf(seconds).round(digits).toPlainString() + "s";
    }

    /// Milliseconds, or seconds from ten on.
    static String time(double seconds) {
        return seconds < 10 ? Numbers.shown(1000 * seconds) + " ms" : Numbers.shown(seconds) + " s";
    }
}
