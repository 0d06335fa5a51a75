package dev.ratematch.harness.judge;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.harness.judge.Hpa.Behaviour;
import dev.ratematch.harness.plant.PlantSettings;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Two Kubernetes autoscalers, one per pool, that know nothing of each other.
///
/// @param prefillMetric what the prefill pool is scaled on, summed over it
/// @param decodeMetric the same of decode
/// @param reason how both read in a report
record TwoHpa(
        String name,
        Hpa prefill,
        Hpa decode,
        ToDoubleFunction<View> prefillMetric,
        ToDoubleFunction<View> decodeMetric,
        String reason,
        Map<String, Double> targets)
        implements WindowPolicy {

    /// What llm-d's token-aware overlay ships: seconds of prefill work queued for each replica, KV
    /// in use, one pod up in 180 s, one down in 300 s.
    private static final double SHIPPED_PREFILL_SECONDS = 1.5;

    private static final double SHIPPED_KV_USED = 0.8;
    private static final Behaviour SHIPPED = new Behaviour(1, 0, 180, 1, 300, 300);

    /// Scales on requests in hand, with the behaviour that an HPA has by default.
    ///
    /// @param prefillTarget requests in hand per prefill replica
    /// @param decodeTarget sequences in hand per decode replica
    /// @param extra replicas that each pool may have beyond the start; with none the maxima fill
    ///   the cluster exactly and no pod is ever stuck
    static TwoHpa onRequests(
            PlantSettings plant,
            Episode.Pair start,
            double prefillTarget,
            double decodeTarget,
            int extra) {
        int mostP = Math.min(start.prefill() + extra, mostPrefill(plant));
        int mostD = Math.min(start.decode() + extra, mostDecode(plant));
        return new TwoHpa(
                "two-hpa",
                new Hpa(start.prefill(), prefillTarget, mostP, Behaviour.DEFAULT),
                new Hpa(start.decode(), decodeTarget, mostD, Behaviour.DEFAULT),
                view -> view.window().prefill().waiting() + view.window().prefill().running(),
                view -> view.window().decode().waiting() + view.window().decode().running(),
                "%.0f requests in hand of prefill, %.0f of decode",
                Map.of(
                        "prefill_requests_per_replica",
                        prefillTarget,
                        "decode_sequences_per_replica",
                        decodeTarget,
                        "prefill_max",
                        (double) mostP,
                        "decode_max",
                        (double) mostD));
    }

    /// The overlay with its documented thresholds and behaviour. Each pool may grow until the other
    /// has one replica left.
    ///
    /// @param promptTokensPerSecond of one prefill replica, which the overlay has its user measure
    static TwoHpa asShipped(PlantSettings plant, Episode.Pair start, double promptTokensPerSecond) {
        int mostP = mostPrefill(plant);
        int mostD = mostDecode(plant);
        return new TwoHpa(
                "two-hpa-shipped",
                new Hpa(start.prefill(), SHIPPED_PREFILL_SECONDS, mostP, SHIPPED),
                new Hpa(start.decode(), SHIPPED_KV_USED, mostD, SHIPPED),
                view -> view.window().prefill().promptTokens() / promptTokensPerSecond,
                TwoHpa::kvUsed,
                "%.1f s of prefill work queued, %.2f decode KV caches in use",
                Map.of(
                        "prefill_queued_s_per_replica", SHIPPED_PREFILL_SECONDS,
                        "decode_kv_used", SHIPPED_KV_USED,
                        "prefill_tokens_per_s", promptTokensPerSecond,
                        "prefill_max", (double) mostP,
                        "decode_max", (double) mostD));
    }

    private static double kvUsed(View view) {
        var fleet = view.cluster().fleet(Role.DECODE);
        return view.window().decode().kvUsed() * (fleet.ready() + fleet.draining());
    }

    private static int mostPrefill(PlantSettings plant) {
        return (plant.gpus() - plant.decode().gpus()) / plant.prefill().gpus();
    }

    private static int mostDecode(PlantSettings plant) {
        return (plant.gpus() - plant.prefill().gpus()) / plant.decode().gpus();
    }

    @Override
    public Command decide(View view) {
        double forPrefill = prefillMetric.applyAsDouble(view);
        double forDecode = decodeMetric.applyAsDouble(view);
        var cluster = view.cluster();
        return new Command(
                prefill.decide(view.atSeconds(), cluster.fleet(Role.PREFILL).ready(), forPrefill),
                decode.decide(view.atSeconds(), cluster.fleet(Role.DECODE).ready(), forDecode),
                reason.formatted(forPrefill, forDecode));
    }
}
