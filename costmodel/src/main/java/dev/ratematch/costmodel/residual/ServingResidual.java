package dev.ratematch.costmodel.residual;

import dev.ratematch.costmodel.closed.ClosedLatency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Corrections of both latencies, apart for co-located and for disaggregated deployments.
///
/// @param corrections by `agg.tpot`, `agg.ttft`, `disagg.tpot`, `disagg.ttft`
/// @param steps factors on single iterations
/// @param provenance where the measurements come from, with licence and attribution
public record ServingResidual(
        Map<String, Correction> corrections, StepFactors steps, String provenance) {

    /// Nothing learnt: kernels alone.
    public static final ServingResidual NONE =
            new ServingResidual(Map.of(), StepFactors.NONE, "none");

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

    /// What the correction of TTFT may depend on where prefill and decode share engines: how much
    /// of it is steps, and how much the burst at the start. Disaggregated, the few public
    /// measurements do not bear more than a scale.
    public static List<Double> ttftLoad(boolean disaggregated, ClosedLatency modelled) {
        if (disaggregated) {
            return List.of();
        }
        double burst = Math.max(1e-6, modelled.burstSeconds()) / modelled.ttftSeconds();
        return List.of(
                StrictMath.log(modelled.tpotSeconds() / modelled.ttftSeconds()),
                StrictMath.log(burst));
    }

    /// The latencies as the engine makes them of its kernels.
    ///
    /// @param sequencesPerCopy sequences on one copy of attention
    public ClosedLatency correct(
            Traits traits, boolean disaggregated, ClosedLatency modelled, double sequencesPerCopy) {
        double tpot = correction(disaggregated, false).factor(traits, tpotLoad(sequencesPerCopy));
        double ttft =
                correction(disaggregated, true).factor(traits, ttftLoad(disaggregated, modelled));
        // A place becomes free when an answer ends: the wait for it is made of decode steps.
        double admission = modelled.admissionSeconds() * tpot;
        return new ClosedLatency(
                (modelled.ttftSeconds() - modelled.admissionSeconds()) * ttft + admission,
                modelled.tpotSeconds() * tpot,
                modelled.requestsPerSecond(),
                modelled.prefillSeconds(),
                modelled.mixedSeconds() * tpot,
                modelled.burstSeconds(),
                admission);
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
        tree.put("steps", steps.groups());
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
                corrections.put(key, new Correction(numbers(map.get("means")), terms(groups)));
            }
        }
        if (!(tree.get("steps") instanceof Map<?, ?> steps)) {
            throw new IllegalArgumentException("steps must be an object.");
        }
        return new ServingResidual(
                corrections, new StepFactors(terms(steps)), String.valueOf(tree.get("provenance")));
    }

    private static Map<String, List<Double>> terms(Map<?, ?> groups) {
        var terms = new LinkedHashMap<String, List<Double>>();
        groups.forEach((name, values) -> terms.put(String.valueOf(name), numbers(values)));
        return terms;
    }

    private static List<Double> numbers(@Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException("A list of numbers is missing.");
        }
        return list.stream().map(x -> ((Number) x).doubleValue()).toList();
    }
}
