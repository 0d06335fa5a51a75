package dev.ratematch.costmodel.residual;

import dev.ratematch.costmodel.closed.ClosedLatency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Corrections of both latencies, apart for co-located and for disaggregated deployments.
///
/// @param corrections by `agg.tpot`, `agg.ttft`, `disagg.tpot`, `disagg.ttft`
/// @param provenance where the measurements come from, with licence and attribution
public record ServingResidual(Map<String, Correction> corrections, String provenance) {

    /// Nothing learnt: kernels alone.
    public static final ServingResidual NONE = new ServingResidual(Map.of(), "none");

    private static final int FORMAT = 1;

    public ServingResidual {
        corrections = Map.copyOf(corrections);
    }

    /// Mode and latency that a correction is kept under.
    public static String key(boolean disaggregated, boolean ttft) {
        return (disaggregated ? "disagg" : "agg") + (ttft ? ".ttft" : ".tpot");
    }

    /// That correction; none where nothing was learnt.
    public Correction correction(boolean disaggregated, boolean ttft) {
        return corrections.getOrDefault(key(disaggregated, ttft), Correction.NONE);
    }

    /// What the correction of TPOT may depend on: sequences on one copy of attention.
    public static List<Double> tpotLoad(double sequencesPerCopy) {
        return List.of(StrictMath.log(Math.max(1, sequencesPerCopy)));
    }

    /// What the correction of TTFT may depend on: how much of it is steps, and how much the burst
    /// at the start.
    public static List<Double> ttftLoad(ClosedLatency modelled) {
        return List.of(
                StrictMath.log(modelled.tpotSeconds() / modelled.ttftSeconds()),
                StrictMath.log(Math.max(1e-6, modelled.burstSeconds()) / modelled.ttftSeconds()));
    }

    /// The latencies as the engine makes them of its kernels.
    ///
    /// @param sequencesPerCopy sequences on one copy of attention
    public ClosedLatency correct(
            Traits traits, boolean disaggregated, ClosedLatency modelled, double sequencesPerCopy) {
        double tpot = correction(disaggregated, false).factor(traits, tpotLoad(sequencesPerCopy));
        double ttft = correction(disaggregated, true).factor(traits, ttftLoad(modelled));
        return new ClosedLatency(
                modelled.ttftSeconds() * ttft,
                modelled.tpotSeconds() * tpot,
                modelled.requestsPerSecond(),
                modelled.prefillSeconds(),
                modelled.burstSeconds());
    }

    /// The tree of its JSON file.
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("ratematch_serving_residual", FORMAT);
        tree.put("provenance", provenance);
        for (String key : List.of("agg.tpot", "agg.ttft", "disagg.tpot", "disagg.ttft")) {
            var correction = corrections.getOrDefault(key, Correction.NONE);
            // In this order: that of Map.of changes from run to run, and with it the file.
            var terms = new LinkedHashMap<String, Object>();
            terms.put("means", correction.means());
            terms.put("groups", correction.groups());
            tree.put(key, terms);
        }
        return tree;
    }

    /// The residual of a tree.
    public static ServingResidual of(Map<String, Object> tree) {
        if (!(tree.get("ratematch_serving_residual") instanceof Number n)
                || n.intValue() != FORMAT) {
            throw new IllegalArgumentException(
                    "ratematch_serving_residual (%s) must be %d: this is no serving residual of this"
                                    .formatted(tree.get("ratematch_serving_residual"), FORMAT)
                            + " version.");
        }
        var corrections = new LinkedHashMap<String, Correction>();
        for (String key : List.of("agg.tpot", "agg.ttft", "disagg.tpot", "disagg.ttft")) {
            if (tree.get(key) instanceof Map<?, ?> map
                    && map.get("groups") instanceof Map<?, ?> groups) {
                var terms = new LinkedHashMap<String, List<Double>>();
                groups.forEach((name, values) -> terms.put(String.valueOf(name), numbers(values)));
                corrections.put(key, new Correction(numbers(map.get("means")), terms));
            }
        }
        return new ServingResidual(corrections, String.valueOf(tree.get("provenance")));
    }

    private static List<Double> numbers(@Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException("A list of numbers is missing.");
        }
        return list.stream().map(x -> ((Number) x).doubleValue()).toList();
    }
}
