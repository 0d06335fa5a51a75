package dev.ratematch.harness.demo;

import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.harness.http.LivePlant;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Judge;
import dev.ratematch.harness.judge.Outcome;
import dev.ratematch.harness.judge.Report;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.scenario.Scenario;
import dev.ratematch.harness.scenario.Scenarios;
import dev.ratematch.harness.traffic.DemoSplice;
import dev.ratematch.harness.traffic.Dispersion;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Trace;
import dev.ratematch.harness.traffic.Window;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// What the demo shows: every constant of it.
///
/// @param source the shipped trace as it is
/// @param scaled the same, each segment scaled to the budget
/// @param service as our controller believes it
/// @param episode plant, traffic and promise
/// @param seed of everything random
public record DemoScene(
        Trace source, RateScale.Scaled scaled, Service service, Episode episode, long seed) {

    public static final String MODEL = "llama-3.1-70b";
    public static final String GPU = "b200";
    public static final String PRECISION = "nvfp4";
    public static final String PARALLEL = "tp2";
    public static final int BUDGET_GPUS = 32;
    public static final Slo SLO = new Slo(2.0, 0.030, 95);

    /// The judge's scenario that is shown.
    public static final String SCENARIO = "demo2-0.5";

    public static final double START_UP_SECONDS = 45;
    public static final double CYCLE_SECONDS = 15;

    /// Share of an episode that its trace takes; the last requests finish in the rest.
    private static final double AFTERMATH_SHARE = 0.85;

    /// The scene.
    ///
    /// @param window part of the trace to show; all of it where null
    public static DemoScene of(long seed, @Nullable Window window) {
        var plant = plant(seed);
        var all = scenario().trace(plant, seed, Path.of(""));
        var whole = DemoSplice.load();
        var source = window == null ? whole : whole.window(window.fromNanos(), window.toNanos());
        var trace = window == null ? all : all.window(window.fromNanos(), window.toNanos());
        var scaled = new RateScale.Scaled(trace.named(whole.name()), List.of(sources(whole, all)));
        var episode = new Episode(plant, scaled.trace(), SLO, CYCLE_SECONDS);
        return new DemoScene(source, scaled, believed(), episode, seed);
    }

    private static Scenario scenario() {
        return Scenarios.all().stream()
                .filter(each -> each.name().equals(SCENARIO))
                .findFirst()
                .orElseThrow();
    }

    /// How many times the requests of one source there are.
    private static double sources(Trace one, Trace all) {
        return (double) all.requests().size() / one.requests().size();
    }

    private static PlantSettings plant(long seed) {
        var shape = MeasuredShapes.named(MODEL, GPU, PRECISION, PARALLEL);
        return PlantSettings.of(shape, shape, BUDGET_GPUS)
                .withStartUp(START_UP_SECONDS)
                .withSeed(seed);
    }

    private static Service believed() {
        var pool =
                PoolRequest.builder().parallel(PARALLEL).leadTimeSeconds(START_UP_SECONDS).build();
        return ServiceFactory.create(
                ServiceRequest.builder(MODEL, GPU, SLO, BUDGET_GPUS)
                        .precision(PRECISION)
                        .engine(MeasuredShapes.ENGINE)
                        .link(null, KvLink.Mode.PULL)
                        .pools(pool, pool)
                        .build());
    }

    /// What our controller makes of it, over real HTTP.
    ///
    /// @param start replicas at the begin
    /// @param speed virtual seconds in a second
    /// @param progress told the share of the trace that is through
    public Outcome live(
            Episode.Pair start,
            double speed,
            Journal journal,
            LivePlant.Audience audience,
            DoubleConsumer progress) {
        try (var plant =
                new LivePlant(
                        service.spec(), service.laws(), CYCLE_SECONDS, speed, journal, audience)) {
            return episode.run(
                    plant,
                    start,
                    plant,
                    share -> progress.accept(Math.min(1, share / AFTERMATH_SHARE)));
        }
    }

    /// The report of a verdict on this scene.
    public Report report(Judge.Verdict verdict) {
        return new Report(
                scaled.trace().name(),
                scaled.trace().requests().size(),
                scaled.trace().seconds(),
                scaled.factors(),
                Dispersion.of(source),
                Dispersion.of(scaled.trace()),
                seed,
                SLO,
                BUDGET_GPUS,
                "%s %s %s %s/%s".formatted(MODEL, GPU, PRECISION, PARALLEL, PARALLEL),
                START_UP_SECONDS,
                verdict);
    }
}
