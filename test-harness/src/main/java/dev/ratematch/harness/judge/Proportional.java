package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.plant.PlantSettings;
import java.util.Map;

/// The rule of twenty lines: the whole budget, prefill's share of it in proportion to the load of
/// prefill over its capacity. Moves when the share is off by a replica or more.
final class Proportional implements WindowPolicy {

    private final PlantSettings plant;
    private final TrueRates rates;
    private final double smoothing;
    private Command last;
    private double prefillLoad;
    private double decodeLoad;

    /// @param smoothing weight of the last window, 0 to 1
    Proportional(PlantSettings plant, Slo slo, Episode.Pair start, double smoothing) {
        this.plant = plant;
        this.rates = new TrueRates(plant, slo);
        this.smoothing = smoothing;
        this.last = new Command(start.prefill(), start.decode(), "");
    }

    @Override
    public String name() {
        return "proportional";
    }

    @Override
    public Command decide(View view) {
        var w = view.window();
        if (w.arrived() == 0) {
            return last;
        }
        prefillLoad += smoothing * (w.rate() / rates.prefill(w) - prefillLoad);
        decodeLoad += smoothing * (w.rate() / rates.decode(w) - decodeLoad);
        int gp = plant.prefill().gpus();
        int gd = plant.decode().gpus();
        double share = prefillLoad * gp / (prefillLoad * gp + decodeLoad * gd);
        double wanted = share * plant.gpus() / gp;
        if (Math.abs(wanted - last.prefill()) >= 1) {
            int p = Math.clamp(Math.round(wanted), 1, (plant.gpus() - gd) / gp);
            last = new Command(p, (plant.gpus() - p * gp) / gd, "share %.2f".formatted(share));
        }
        return last;
    }

    @Override
    public Map<String, Double> targets() {
        return Map.of("smoothing", smoothing);
    }
}
