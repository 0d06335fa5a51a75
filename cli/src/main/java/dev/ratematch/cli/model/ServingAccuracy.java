package dev.ratematch.cli.model;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Errors of whole deployments, by kernels alone and cross-validated with the residual.
final class ServingAccuracy {

    private static final int FOLDS = 5;

    private ServingAccuracy() {}

    /// Prints one line a mode and latency.
    static void print(PrintWriter out, ServingObservations observations) {
        List<double[]> predicted = observations.crossValidated(FOLDS);
        out.printf(
                "%-16s %6s %12s %12s %12s%n",
                "deployments", "rows", "kernels, %", "median, %", "p90, %");
        for (boolean disaggregated : new boolean[] {false, true}) {
            for (boolean ttft : new boolean[] {false, true}) {
                var raw = new ArrayList<Double>();
                var corrected = new ArrayList<Double>();
                for (int i = 0; i < predicted.size(); i++) {
                    var m = observations.rows().get(i);
                    if (m.modelled().disaggregated() != disaggregated) {
                        continue;
                    }
                    double truth = ttft ? m.ttft() : m.tpot();
                    var latency = m.modelled().latency();
                    double bare = ttft ? latency.ttftSeconds() : latency.tpotSeconds();
                    raw.add(Errors.relative(bare, truth));
                    corrected.add(Errors.relative(predicted.get(i)[ttft ? 0 : 1], truth));
                }
                var errors = Errors.of(corrected);
                out.printf(
                        Locale.ROOT,
                        "%-16s %6d %12.1f %12.1f %12.1f%n",
                        (disaggregated ? "disagg " : "agg ") + (ttft ? "TTFT" : "TPOT"),
                        errors.count(),
                        100 * Errors.of(raw).median(),
                        100 * errors.median(),
                        100 * errors.p90());
            }
        }
        out.flush();
    }
}
