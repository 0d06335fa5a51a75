package dev.ratematch.harness.demo;

import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.harness.http.LivePlant;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Judge;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Report;
import dev.ratematch.harness.scenario.Scenario;
import dev.ratematch.harness.scenario.Scenarios;
import dev.ratematch.harness.scenario.Site;
import dev.ratematch.harness.traffic.Dispersion;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Segment;
import dev.ratematch.harness.traffic.Trace;
import dev.ratematch.harness.traffic.Window;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// What the demo shows: a scenario of the judge, as the judge plays it.
///
/// @param scenario cluster, promise and load
/// @param source the traffic of one client
/// @param scaled that of as many as meet the load
/// @param service as our controller believes it
/// @param episode plant, traffic and promise
/// @param seed of everything random
public record DemoScene(
        Scenario scenario,
        Trace source,
        RateScale.Scaled scaled,
        Service service,
        Episode episode,
        long seed) {

    /// The judge's scenario that is shown: one that moving serves and no fixed split does.
    public static final String SCENARIO = "inversion-0.6";

    /// It needs no recorded trace.
    private static final Path NO_TRACES = Path.of("");

    /// Share of an episode that its trace takes; the last requests finish in the rest.
    private static final double AFTERMATH_SHARE = 0.85;

    /// The scene.
    ///
    /// @param window part of the trace to show; all of it where null
    public static DemoScene of(long seed, @Nullable Window window) {
        var scenario = Scenarios.named(SCENARIO);
        var plant = scenario.site().plant(seed);
        var traffic = scenario.traffic();
        var one = traffic.grown(traffic.alike(1), seed, NO_TRACES);
        var all = scenario.trace(plant, seed, NO_TRACES);
        var factors = factors(one, all);
        var trace = part(all, window).named("demo: " + scenario.name());
        return new DemoScene(
                scenario,
                part(one, window),
                new RateScale.Scaled(trace, factors),
                scenario.service(scenario.site().gpus(), Tuning.DEFAULT),
                scenario.episode(plant, trace),
                seed);
    }

    /// The same under another service.
    public DemoScene with(Service other) {
        return new DemoScene(scenario, source, scaled, other, episode, seed);
    }

    private static Trace part(Trace whole, @Nullable Window window) {
        return window == null ? whole : whole.window(window.fromNanos(), window.toNanos());
    }

    /// How many times the requests of one client there are in each segment.
    private static List<Double> factors(Trace one, Trace all) {
        return all.segments().stream()
                .map(s -> (double) requests(all, s) / Math.max(1, requests(one, s)))
                .toList();
    }

    private static long requests(Trace trace, Segment in) {
        return trace.requests().stream().filter(r -> in.contains(r.arrivalNanos())).count();
    }

    /// What moves starts here, at an even split, as in the judge.
    public Episode.Pair start() {
        return episode.evenPair();
    }

    /// What our controller makes of it, over real HTTP.
    ///
    /// @param speed virtual seconds in a second
    /// @param progress told the share of the trace that is through
    public Outcome live(
            double speed, Journal journal, LivePlant.Audience audience, DoubleConsumer progress) {
        try (var plant =
                new LivePlant(
                        service.spec(),
                        service.laws(),
                        Scenario.CYCLE_SECONDS,
                        speed,
                        journal,
                        audience)) {
            return episode.run(
                    plant,
                    start(),
                    plant,
                    share -> progress.accept(Math.min(1, share / AFTERMATH_SHARE)));
        }
    }

    /// The report of a verdict on this scene.
    public Report report(Judge.Verdict verdict) {
        var site = scenario.site();
        return new Report(
                scaled.trace().name(),
                scaled.trace().requests().size(),
                scaled.trace().seconds(),
                scaled.factors(),
                Dispersion.of(source),
                Dispersion.of(scaled.trace()),
                seed,
                scenario.slo(),
                site.gpus(),
                "%s %s %s %s/%s"
                        .formatted(
                                Site.MODEL,
                                Site.GPU,
                                Site.PRECISION,
                                site.parallel(),
                                site.parallel()),
                site.startUpSeconds(),
                verdict);
    }
}
