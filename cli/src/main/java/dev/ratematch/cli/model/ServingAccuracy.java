package dev.ratematch.cli.model;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Errors of whole deployments, by kernels alone and cross-validated with the residual.
final class ServingAccuracy {

    private static final int FOLDS = 5;
    private static final int SEEDS = 4;

    private ServingAccuracy() {}

    /// Errors of one mode and latency.
    ///
    /// @param kernels by the kernels alone
    /// @param corrected cross-validated with what engines add
    record Line(boolean disaggregated, boolean ttft, Errors kernels, Errors corrected) {

        String name() {
            return (disaggregated ? "disagg " : "agg ") + (ttft ? "TTFT" : "TPOT");
        }
    }

    /// All four, pooled over several deals of the configurations into folds.
    static List<Line> lines(ServingObservations observations) {
        var deals = new ArrayList<List<double[]>>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            deals.add(observations.crossValidated(FOLDS, seed));
        }
        var lines = new ArrayList<Line>();
        for (boolean disaggregated : new boolean[] {false, true}) {
            for (boolean ttft : new boolean[] {false, true}) {
                lines.add(line(observations, deals, disaggregated, ttft));
            }
        }
        return lines;
    }

    private static Line line(
            ServingObservations observations,
            List<List<double[]>> deals,
            boolean disaggregated,
            boolean ttft) {
        var raw = new ArrayList<Double>();
        var corrected = new ArrayList<Double>();
        for (int i = 0; i < observations.rows().size(); i++) {
            var m = observations.rows().get(i);
            if (m.modelled().disaggregated() != disaggregated) {
                continue;
            }
            double truth = ttft ? m.ttft() : m.tpot();
            var latency = m.modelled().latency();
            double bare = ttft ? latency.ttftSeconds() : latency.tpotSeconds();
            raw.add(Errors.relative(bare, truth));
            for (var deal : deals) {
                corrected.add(Errors.relative(deal.get(i)[ttft ? 0 : 1], truth));
            }
        }
        return new Line(disaggregated, ttft, Errors.of(raw), Errors.of(corrected));
    }

    /// Prints one line a mode and latency.
    static void print(PrintWriter out, ServingObservations observations) {
        out.printf(
                "%-16s %6s %12s %12s %12s%n",
                "deployments", "rows", "kernels, %", "median, %", "p90, %");
        for (Line line : lines(observations)) {
            out.printf(
                    Locale.ROOT,
                    "%-16s %6d %12.1f %12.1f %12.1f%n",
                    line.name(),
                    line.kernels().count(),
                    100 * line.kernels().median(),
                    100 * line.corrected().median(),
                    100 * line.corrected().p90());
        }
        out.flush();
    }
}
