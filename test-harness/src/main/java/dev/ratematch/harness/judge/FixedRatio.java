package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Slo;
import dev.ratematch.harness.plant.PlantSettings;
import java.util.Map;

/// Proportional scaling at a fixed ratio (HeteroScale as published): replicas in proportion to the
/// token rate, a dead band of 10 %, a fifth more when ITL is 20 % over its target.
final class FixedRatio implements WindowPolicy {

    private static final double DEAD_BAND = 0.1;
    private static final double LATE = 1.2;
    private static final double EMERGENCY = 1.2;

    private final PlantSettings plant;
    private final Slo slo;
    private final double prefillShare;
    private final double tokensPerSecond;
    private int total;
    private Command last;

    /// @param prefillShare prefill replicas of all replicas, 0 to 1
    /// @param tokensPerSecond prompt and output tokens per second that one replica is to carry
    FixedRatio(
            PlantSettings plant,
            Slo slo,
            Episode.Pair start,
            double prefillShare,
            double tokensPerSecond) {
        this.plant = plant;
        this.slo = slo;
        this.prefillShare = prefillShare;
        this.tokensPerSecond = tokensPerSecond;
        this.total = start.prefill() + start.decode();
        this.last = new Command(start.prefill(), start.decode(), "");
    }

    @Override
    public String name() {
        return "fixed-ratio";
    }

    @Override
    public Command decide(View view) {
        var w = view.window();
        double tokens = w.rate() * (w.inputMean() + w.outputMean());
        double wanted = tokens / tokensPerSecond;
        double perReplica = w.decode().running() / Math.max(1.0, last.decode());
        double step =
                plant.decode()
                        .steps()
                        .decodeSeconds(
                                perReplica, perReplica * (w.inputMean() + w.outputMean() / 2));
        if (step > LATE * slo.itlSeconds()) {
            wanted = Math.max(wanted, total * EMERGENCY);
        } else if (Math.abs(wanted - total) <= DEAD_BAND * total) {
            return last;
        }
        total = Math.max(2, (int) Math.ceil(wanted));
        int prefill = Math.clamp(Math.round(total * prefillShare), 1, total - 1);
        var pair = CeilClamp.clamp(plant, prefill, total - prefill);
        total = Math.min(total, pair.prefill() + pair.decode());
        last = new Command(pair.prefill(), pair.decode(), "%.0f tokens/s".formatted(tokens));
        return last;
    }

    @Override
    public Map<String, Double> targets() {
        return Map.of("prefill_share", prefillShare, "tokens_per_s_per_replica", tokensPerSecond);
    }
}
