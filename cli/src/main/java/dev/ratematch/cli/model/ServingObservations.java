package dev.ratematch.cli.model;

import dev.ratematch.cli.table.Row;
import dev.ratematch.cli.table.Table;
import dev.ratematch.costmodel.residual.Correction;
import dev.ratematch.costmodel.residual.CorrectionFit;
import dev.ratematch.costmodel.residual.Observation;
import dev.ratematch.costmodel.residual.ServingResidual;
import dev.ratematch.costmodel.residual.StepFactors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Measured deployments beside what the kernels alone make of them.
///
/// @param rows measured ones that the model answers
/// @param refused why the others have no answer, with their number
record ServingObservations(List<Measured> rows, Map<String, Integer> refused) {

    /// One of them.
    ///
    /// @param configuration everything but the concurrency: rows that share it are never split
    ///   between fit and judgement
    record Measured(
            Row row,
            ServingPredictor.Modelled modelled,
            String configuration,
            double ttft,
            double tpot) {}

    private static final List<String> CONFIGURATION =
            List.of(
                    "system",
                    "backend",
                    "model",
                    "precision",
                    "gemm_q",
                    "mode",
                    "isl",
                    "osl",
                    "tp",
                    "pp",
                    "dp",
                    "moe_tp",
                    "moe_ep",
                    "p_workers",
                    "p_tp",
                    "p_pp",
                    "p_dp",
                    "p_moe_tp",
                    "p_moe_ep",
                    "d_workers",
                    "d_tp",
                    "d_pp",
                    "d_dp",
                    "d_moe_tp",
                    "d_moe_ep");

    /// Models every row that can be.
    static ServingObservations of(Table table) {
        table.requiring(List.of("id", "mode", "ttft_ms", "tpot_ms"));
        var predictor = new ServingPredictor(ServingResidual.NONE);
        var rows = new ArrayList<Measured>();
        var refused = new TreeMap<String, Integer>();
        for (Row row : table.rows()) {
            try {
                var modelled = predictor.model(row);
                rows.add(
                        new Measured(
                                row,
                                modelled,
                                String.join("|", CONFIGURATION.stream().map(row::text).toList()),
                                row.number("ttft_ms") / 1000,
                                row.number("tpot_ms") / 1000));
            } catch (IllegalArgumentException e) {
                refused.merge(String.valueOf(e.getMessage()), 1, Integer::sum);
            }
        }
        return new ServingObservations(rows, refused);
    }

    /// The residual that some of the rows teach.
    static ServingResidual fit(List<Measured> rows, String provenance) {
        var corrections = new TreeMap<String, Correction>();
        for (boolean disaggregated : new boolean[] {false, true}) {
            for (boolean ttft : new boolean[] {false, true}) {
                var observations = new ArrayList<Observation>();
                for (Measured m : rows) {
                    if (m.modelled().disaggregated() == disaggregated) {
                        observations.add(observation(m, ttft));
                    }
                }
                corrections.put(
                        ServingResidual.key(disaggregated, ttft), CorrectionFit.fit(observations));
            }
        }
        var steps = new ArrayList<StepFactors.Sample>();
        for (Measured m : rows) {
            var latency = m.modelled().latency();
            steps.add(
                    new StepFactors.Sample(
                            m.modelled().traits(),
                            latency.tpotSeconds() - latency.mixedSeconds(),
                            latency.mixedSeconds(),
                            m.tpot()));
        }
        return new ServingResidual(corrections, StepFactors.fit(steps), provenance);
    }

    private static Observation observation(Measured m, boolean ttft) {
        var modelled = m.modelled();
        var latency = modelled.latency();
        return ttft
                ? new Observation(
                        modelled.traits(),
                        ServingResidual.ttftLoad(modelled.disaggregated(), latency),
                        latency.ttftSeconds(),
                        m.ttft())
                : new Observation(
                        modelled.traits(),
                        ServingResidual.tpotLoad(modelled.sequencesPerCopy()),
                        latency.tpotSeconds(),
                        m.tpot());
    }

    /// Predictions of every row by a residual that its own configuration had no part in.
    ///
    /// @param folds parts that configurations are dealt into
    /// @param seed deals them anew
    List<double[]> crossValidated(int folds, long seed) {
        int[] fold =
                rows.stream()
                        .mapToInt(m -> Math.floorMod(mixed(m.configuration(), seed), folds))
                        .toArray();
        var predicted = new ArrayList<double[]>(Collections.nCopies(rows.size(), new double[2]));
        for (int held = 0; held < folds; held++) {
            var known = new ArrayList<Measured>();
            for (int i = 0; i < fold.length; i++) {
                if (fold[i] != held) {
                    known.add(rows.get(i));
                }
            }
            var residual = fit(known, "cross-validation");
            for (int i = 0; i < fold.length; i++) {
                if (fold[i] == held) {
                    var latency = rows.get(i).modelled().corrected(residual);
                    predicted.set(i, new double[] {latency.ttftSeconds(), latency.tpotSeconds()});
                }
            }
        }
        return predicted;
    }

    /// A well-spread hash of a text, the same on every machine.
    private static long mixed(String text, long seed) {
        long h = seed * 0x9E3779B97F4A7C15L + text.hashCode();
        h = (h ^ (h >>> 30)) * 0xBF58476D1CE4E5B9L;
        h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
        return h ^ (h >>> 31);
    }
}
