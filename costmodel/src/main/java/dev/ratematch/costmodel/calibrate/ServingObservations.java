package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.residual.Correction;
import dev.ratematch.costmodel.residual.CorrectionFit;
import dev.ratematch.costmodel.residual.Observation;
import dev.ratematch.costmodel.residual.ServingResidual;
import dev.ratematch.costmodel.residual.StepFactors;
import dev.ratematch.costmodel.table.Row;
import dev.ratematch.costmodel.table.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// Measured deployments beside what the kernels alone make of them.
///
/// @param rows measured ones that the model answers
/// @param refused why the others have no answer, with their number
public record ServingObservations(List<Measured> rows, Map<String, Integer> refused) {

    /// One of them.
    ///
    /// @param configuration everything but the concurrency: rows that share it are never split
    ///   between fit and judgement
    public record Measured(
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

    /// Share of a measured TTFT from which the wait for a place drowns the rest.
    private static final double WAIT_MAX = 0.5;

    /// Models every row that can be.
    ///
    /// @param kernels measured, by accelerator
    public static ServingObservations of(Table table, Function<Accelerator, Kernels> kernels) {
        table.requiring(List.of("id", "mode", "ttft_ms", "tpot_ms"));
        var predictor = new ServingPredictor(ServingResidual.NONE, kernels);
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
    public static ServingResidual fit(List<Measured> rows, String provenance) {
        var corrections = new TreeMap<String, Correction>();
        for (boolean disaggregated : new boolean[] {false, true}) {
            var mode =
                    rows.stream()
                            .filter(m -> m.modelled().disaggregated() == disaggregated)
                            .toList();
            Correction tpot =
                    CorrectionFit.fit(mode.stream().map(ServingObservations::tpot).toList());
            Correction ttft =
                    CorrectionFit.fit(mode.stream().flatMap(m -> ttft(m, tpot).stream()).toList());
            corrections.put(ServingResidual.key(disaggregated, false), tpot);
            corrections.put(ServingResidual.key(disaggregated, true), ttft);
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

    private static Observation tpot(Measured m) {
        var modelled = m.modelled();
        return new Observation(
                modelled.traits(),
                ServingResidual.tpotLoad(modelled.sequencesPerCopy()),
                modelled.latency().tpotSeconds(),
                m.tpot());
    }

    /// TTFT without the wait for a place in a decode batch, which the correction of TPOT covers;
    /// none where little else is left to learn from.
    private static Optional<Observation> ttft(Measured m, Correction tpot) {
        var modelled = m.modelled();
        var latency = modelled.latency();
        double factor =
                tpot.factor(
                        modelled.traits(), ServingResidual.tpotLoad(modelled.sequencesPerCopy()));
        double wait = latency.admissionSeconds() * factor;
        if (wait > WAIT_MAX * m.ttft()) {
            return Optional.empty();
        }
        return Optional.of(
                new Observation(
                        modelled.traits(),
                        ServingResidual.ttftLoad(modelled.disaggregated(), latency),
                        latency.ttftSeconds() - latency.admissionSeconds(),
                        m.ttft() - wait));
    }

    /// Predictions of every row by a residual that its own configuration had no part in.
    ///
    /// @param folds parts that configurations are dealt into
    /// @param seed deals them anew
    public List<double[]> crossValidated(int folds, long seed) {
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
