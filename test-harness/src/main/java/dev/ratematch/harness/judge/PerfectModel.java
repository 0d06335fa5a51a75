package dev.ratematch.harness.judge;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.host.Journal;
import dev.ratematch.controller.observe.FleetCounts;
import dev.ratematch.controller.observe.PoolReading;
import dev.ratematch.controller.observe.Reading;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.observe.Snapshot;
import dev.ratematch.controller.observe.TrafficReading;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.PoolLoad;
import dev.ratematch.harness.plant.StepTimes;
import java.util.List;
import java.util.function.IntFunction;

/// Our own loop, given the plant's true step times and the true traffic of the last window. What
/// separates us from it is model and estimate; what separates it from the oracle is foresight.
public final class PerfectModel extends SteppingPolicy {

    private static final Reading UNKNOWN = new Reading.Unknown("not shown to perfect-model");

    private final double kvTokens;
    private final StepTimes steps;

    /// The loop on that plant.
    ///
    /// @param specs the service under a budget of so many GPUs
    public PerfectModel(IntFunction<ServiceSpec> specs, PlantSettings plant) {
        super(specs, plant.gpus(), laws(plant), Journal.NONE);
        this.kvTokens = plant.decode().kvTokens();
        this.steps = plant.decode().steps();
    }

    private static Laws laws(PlantSettings plant) {
        return new Laws(
                plant.prefill().steps()::prefillSeconds, plant.decode().steps()::decodeSeconds);
    }

    @Override
    public String name() {
        return "perfect-model";
    }

    @Override
    public boolean scrapes() {
        return false;
    }

    @Override
    Snapshot look(View view) {
        var w = view.window();
        var cluster = view.cluster();
        var host = new InProcess(view.exposed());
        boolean any = w.arrived() > 0;
        return new Snapshot(
                view.atSeconds(),
                Reading.of(w.seconds()),
                pool(host.counts(Role.PREFILL), w.prefill()),
                pool(host.counts(Role.DECODE), w.decode()),
                new TrafficReading(
                        Reading.of(w.arrived()),
                        false,
                        Reading.of(w.completed()),
                        Reading.of(0),
                        mean(any, w.inputMean()),
                        mean(any, w.inputCv2()),
                        mean(any, w.uncachedMean()),
                        mean(any, w.outputMean()),
                        mean(any, w.outputCv2()),
                        mean(any, w.ttftMean()),
                        UNKNOWN,
                        step(w, cluster.fleet(Role.DECODE).ready()),
                        UNKNOWN,
                        UNKNOWN,
                        UNKNOWN,
                        Reading.of(1),
                        Reading.of(0),
                        UNKNOWN,
                        List.of()),
                List.of());
    }

    /// The true step time at the mean batch.
    private Reading step(TrueWindow w, int ready) {
        if (ready == 0 || w.decode().running() == 0) {
            return new Reading.NoTraffic();
        }
        double batch = (double) w.decode().running() / ready;
        return Reading.of(steps.decodeSeconds(batch, w.decode().kvUsed() * kvTokens));
    }

    private static Reading mean(boolean any, double value) {
        return any ? Reading.of(value) : new Reading.NoTraffic();
    }

    private PoolReading pool(FleetCounts counts, PoolLoad load) {
        return new PoolReading(
                Reading.of(counts.desired()),
                Reading.of(counts.ready()),
                Reading.of(counts.starting()),
                Reading.of(counts.pending()),
                Reading.of(counts.draining()),
                Reading.of(0),
                Reading.of(load.waiting()),
                UNKNOWN,
                Reading.of(load.running()),
                Reading.of(load.waitingForKv()),
                Reading.of(load.kvUsed()),
                Reading.of(kvTokens));
    }
}
