package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.plant.PlantSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// NVIDIA Dynamo's SLA planner: each pool is the ceiling of its own load over its own capacity, and
/// when both do not fit the budget they are scaled down in proportion.
final class CeilClamp implements WindowPolicy {

    private final PlantSettings plant;
    private final TrueRates rates;
    private final double utilisation;
    private final double intervalSeconds;
    private final List<TrueWindow> interval = new ArrayList<>();
    private Command last;

    /// @param utilisation share of capacity to plan with
    /// @param intervalSeconds how often it decides; its load is the mean over one interval
    CeilClamp(
            PlantSettings plant,
            Slo slo,
            Episode.Pair start,
            double utilisation,
            double intervalSeconds) {
        this.plant = plant;
        this.rates = new TrueRates(plant, slo);
        this.utilisation = utilisation;
        this.intervalSeconds = intervalSeconds;
        this.last = new Command(start.prefill(), start.decode(), "");
    }

    @Override
    public String name() {
        return "ceil-clamp";
    }

    @Override
    public Command decide(View view) {
        interval.add(view.window());
        double covered = interval.stream().mapToDouble(TrueWindow::seconds).sum();
        if (covered < intervalSeconds) {
            return last;
        }
        double prefillLoad = 0;
        double decodeLoad = 0;
        for (var w : interval) {
            if (w.arrived() > 0) {
                prefillLoad += w.arrived() / rates.prefill(w);
                decodeLoad += w.arrived() / rates.decode(w);
            }
        }
        interval.clear();
        int prefill = Math.max(1, (int) Math.ceil(prefillLoad / covered / utilisation));
        int decode = Math.max(1, (int) Math.ceil(decodeLoad / covered / utilisation));
        var pair = clamp(plant, prefill, decode);
        last =
                new Command(
                        pair.prefill(),
                        pair.decode(),
                        "load %.1f of prefill, %.1f of decode"
                                .formatted(prefillLoad / covered, decodeLoad / covered));
        return last;
    }

    /// Scales both pools down in proportion until they fit the cluster.
    static Episode.Pair clamp(PlantSettings plant, int prefill, int decode) {
        return clamp(plant, plant.gpus(), prefill, decode);
    }

    /// The same within another budget.
    static Episode.Pair clamp(PlantSettings plant, int budget, int prefill, int decode) {
        int gp = plant.prefill().gpus();
        int gd = plant.decode().gpus();
        int wanted = prefill * gp + decode * gd;
        if (wanted <= budget) {
            return new Episode.Pair(prefill, decode);
        }
        double scale = (double) budget / wanted;
        int most = (budget - gd) / gp;
        int p = Math.clamp(Math.round(prefill * scale), 1, most);
        return new Episode.Pair(p, (budget - p * gp) / gd);
    }

    @Override
    public Map<String, Double> targets() {
        return Map.of("utilisation", utilisation, "interval_s", intervalSeconds);
    }
}
