package dev.ratematch.sizing;

import dev.ratematch.costmodel.frontier.search.FleetPlan;
import java.util.Locale;

/// The plan's verdict in words: whether to disaggregate, and why this plan and no other.
final class Advice {

    /// Gain of a mix from which on it is said why one shape per role stays behind, percent.
    private static final double WORTH_A_REASON = 3;

    private Advice() {}

    /// Whether disaggregating pays.
    static String disaggregate(FleetPlan plan) {
        if (!plan.colocatedWins()) {
            return "Disaggregation pays here.";
        }
        var fleet = plan.colocated().orElseThrow();
        double gain = 100 * (fleet.requestsPerSecond() / plan.mix().servedRequestsPerSecond() - 1);
        return "Do not disaggregate this load: co-located engines (%s) serve %s %% more on the same GPUs."
                .formatted(
                        ModelReport.shape(fleet.counts()),
                        String.format(Locale.ROOT, "%.1f", gain));
    }

    /// What a mix of shapes would bring, and why one shape per role does not.
    static String mixed(FleetPlan plan, boolean chosen) {
        double gain = plan.mixedGainPercent();
        var one = plan.uniform().getFirst().mix();
        if (plan.mixed().isEmpty() || gain < 0.05) {
            return "would serve no more than one shape per role";
        }
        var mixed = plan.mixed().get();
        String what =
                "%s: %s requests/s, %s %% more than one shape per role (%s)"
                        .formatted(
                                ModelReport.shape(mixed),
                                Numbers.shown(mixed.servedRequestsPerSecond()),
                                Numbers.fixed(gain, 1),
                                ModelReport.shape(one));
        if (chosen) {
            return what;
        }
        what =
                "%s: %s requests/s (+%s %%); --allow-mixed plans it"
                        .formatted(
                                ModelReport.shape(mixed),
                                Numbers.shown(mixed.servedRequestsPerSecond()),
                                Numbers.fixed(gain, 1));
        return gain < WORTH_A_REASON ? what : what + "; " + granularity(plan);
    }

    private static String granularity(FleetPlan plan) {
        var first = plan.uniform().getFirst();
        double most =
                plan.uniform().stream()
                        .mapToDouble(p -> p.servedRequestsPerSecond())
                        .max()
                        .orElseThrow();
        double given = 100 * (1 - first.servedRequestsPerSecond() / most);
        double prefill = first.mix().prefillRequestsPerSecond();
        double decode = first.mix().decodeRequestsPerSecond();
        double unused = 100 * (1 - first.servedRequestsPerSecond() / Math.max(prefill, decode));
        String whole =
                "replicas of %d and %s leave %s idle and %s %% of %s unused"
                        .formatted(
                                first.prefill().worker().gpus(),
                                Numbers.gpus(first.decode().worker().gpus()),
                                Numbers.gpus(first.mix().idleGpus()),
                                Numbers.fixed(unused, 1),
                                prefill > decode ? "prefill" : "decode");
        return given < 0.05
                ? whole
                : whole
                        + ", and %s %% are given for what is left without one engine"
                                .formatted(Numbers.fixed(given, 1));
    }
}
