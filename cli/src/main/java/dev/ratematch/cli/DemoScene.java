package dev.ratematch.cli;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.harness.judge.Episode;
import dev.ratematch.harness.judge.Judge;
import dev.ratematch.harness.judge.PlantWork;
import dev.ratematch.harness.judge.Report;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.traffic.DemoSplice;
import dev.ratematch.harness.traffic.Dispersion;
import dev.ratematch.harness.traffic.RateScale;
import dev.ratematch.harness.traffic.Trace;
import dev.ratematch.harness.traffic.Window;
import org.jspecify.annotations.Nullable;

/// What the demo shows: every constant of it.
///
/// @param source the shipped trace as it is
/// @param scaled the same, each segment scaled to the budget
/// @param service as our controller believes it
/// @param episode plant, traffic and promise
/// @param seed of everything random
record DemoScene(
        Trace source, RateScale.Scaled scaled, Service service, Episode episode, long seed) {

    static final String MODEL = "llama-3.1-70b";
    static final String GPU = "b200";
    static final String PRECISION = "nvfp4";
    static final String PARALLEL = "tp2";
    static final int BUDGET_GPUS = 32;
    static final Slo SLO = new Slo(10.0, 0.030, 95);
    static final double START_UP_SECONDS = 45;
    static final double CYCLE_SECONDS = 15;

    /// The scene.
    ///
    /// @param window part of the trace to show; all of it where null
    static DemoScene of(long seed, @Nullable Window window) {
        var whole = DemoSplice.load();
        var source = window == null ? whole : whole.window(window.fromNanos(), window.toNanos());
        var plant = plant(seed);
        var scaled = RateScale.auto(source, BUDGET_GPUS, new PlantWork(plant, SLO)::gpus, seed);
        var episode = new Episode(plant, scaled.trace(), SLO, CYCLE_SECONDS);
        return new DemoScene(source, scaled, believed(), episode, seed);
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
                        .engine(PlantOptions.ENGINE)
                        .link(null, KvLink.Mode.PULL)
                        .pools(pool, pool)
                        .build());
    }

    /// The report of a verdict on this scene.
    Report report(Judge.Verdict verdict) {
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
