package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.plant.PlantSettings;
import java.util.Map;

/// DOPD (arXiv 2511.20982), as its published planner has it: decode replicas are the requests in
/// decode over those that one replica takes, prefill follows at the ratio `B TTFT / (OSL TPOT)`,
/// with which prefill makes requests as fast as decode ends them. Both are scaled down in
/// proportion where they exceed the budget; where they do not, the ratio is laid over all of it,
/// for its authors scale within a fixed cluster.
final class Dopd implements WindowPolicy {

    private final PlantSettings plant;
    private final TrueRates rates;
    private final double intervalSeconds;
    private final double smoothing;
    private double next;
    private double ratio;
    private Command last;

    /// @param intervalSeconds from one decision to the next
    /// @param smoothing weight of the last window in the ratio, 0 to 1: its look at history
    Dopd(
            PlantSettings plant,
            Slo slo,
            Episode.Pair start,
            double intervalSeconds,
            double smoothing) {
        this.plant = plant;
        this.rates = new TrueRates(plant, slo);
        this.intervalSeconds = intervalSeconds;
        this.smoothing = smoothing;
        this.last = new Command(start.prefill(), start.decode(), "");
    }

    @Override
    public String name() {
        return "dopd";
    }

    @Override
    public Command decide(View view) {
        var w = view.window();
        if (w.arrived() > 0) {
            // One decode replica ends so many requests a second as this many prefill replicas make.
            double now = rates.decode(w) / rates.prefill(w);
            ratio = ratio == 0 ? now : ratio + smoothing * (now - ratio);
        }
        if (view.atSeconds() < next || ratio == 0) {
            return last;
        }
        next = view.atSeconds() + intervalSeconds;
        int gp = plant.prefill().gpus();
        int gd = plant.decode().gpus();
        double decode = plant.gpus() / (ratio * gp + gd);
        int p = Math.clamp(Math.round(ratio * decode), 1, (plant.gpus() - gd) / gp);
        last = new Command(p, (plant.gpus() - p * gp) / gd, "ratio %.2f".formatted(ratio));
        return last;
    }

    @Override
    public Map<String, Double> targets() {
        return Map.of("interval_s", intervalSeconds, "smoothing", smoothing);
    }
}
