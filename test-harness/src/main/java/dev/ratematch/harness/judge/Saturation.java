package dev.ratematch.harness.judge;

import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.PoolLoad;
import dev.ratematch.harness.plant.PoolShape;
import java.util.Map;

/// One replica more where a pool is saturated, one less where it is idle, as saturation-based
/// autoscalers do. Where the budget is full, a saturated pool takes from an idle one.
final class Saturation implements WindowPolicy {

    private static final double QUEUED = 1;
    private static final double IDLE_SHARE = 0.5;

    private final PlantSettings plant;
    private final double full;
    private final double intervalSeconds;
    private double next;
    private int prefill;
    private int decode;

    /// @param full share of a pool's slots in use from which it is saturated, 0 to 1
    /// @param intervalSeconds from one step to the next
    Saturation(PlantSettings plant, Episode.Pair start, double full, double intervalSeconds) {
        this.plant = plant;
        this.full = full;
        this.intervalSeconds = intervalSeconds;
        this.prefill = start.prefill();
        this.decode = start.decode();
    }

    @Override
    public String name() {
        return "saturation";
    }

    @Override
    public Command decide(View view) {
        if (view.atSeconds() < next) {
            return new Command(prefill, decode, "");
        }
        next = view.atSeconds() + intervalSeconds;
        int forPrefill = prefillStep(view.window().prefill());
        int forDecode = decodeStep(view.window().decode());
        int gp = plant.prefill().gpus();
        int gd = plant.decode().gpus();
        int p = Math.max(1, prefill + forPrefill);
        int d = Math.max(1, decode + forDecode);
        if (p * gp + d * gd > plant.gpus()) {
            // Nothing is free: what cannot be given to both is given to neither.
            p = forPrefill > 0 && forDecode >= 0 ? prefill : p;
            d = forDecode > 0 && forPrefill >= 0 ? decode : d;
        }
        if (p * gp + d * gd <= plant.gpus()) {
            prefill = p;
            decode = d;
        }
        return new Command(
                prefill, decode, "prefill %+d, decode %+d".formatted(forPrefill, forDecode));
    }

    private int prefillStep(PoolLoad load) {
        double queued = (double) load.waiting() / prefill;
        return queued > QUEUED ? 1 : queued == 0 && load.running() < IDLE_SHARE * prefill ? -1 : 0;
    }

    private int decodeStep(PoolLoad load) {
        PoolShape shape = plant.decode();
        double sequences = (double) load.running() / (decode * shape.maxSequences());
        double used = Math.max(sequences, load.kvUsed());
        boolean queued = (double) (load.waiting() - load.waitingForKv()) / decode > QUEUED;
        return queued || used > full ? 1 : used < IDLE_SHARE * full ? -1 : 0;
    }

    @Override
    public Map<String, Double> targets() {
        return Map.of("full", full, "interval_s", intervalSeconds);
    }
}
