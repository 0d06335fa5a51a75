package dev.ratematch.costmodel.calibrate;

import dev.ratematch.costmodel.table.Row;
import dev.ratematch.costmodel.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/// Errors of whole deployments, by kernels alone and cross-validated with the residual.
public final class ServingAccuracy {

    private static final int FOLDS = 5;
    private static final int SEEDS = 4;

    private ServingAccuracy() {}

    /// Errors of one mode and latency.
    ///
    /// @param kernels by the kernels alone
    /// @param corrected cross-validated with what engines add
    public record Line(boolean disaggregated, boolean ttft, Errors kernels, Errors corrected) {

        public String name() {
            return (disaggregated ? "disagg " : "agg ") + (ttft ? "TTFT" : "TPOT");
        }
    }

    /// All four, pooled over several deals of the configurations into folds.
    public static List<Line> lines(ServingObservations observations) {
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

    /// Our cross-validated errors and the peer's on the rows that both answer.
    ///
    /// @param complete rows of this mode that the peer answered and whose configuration is complete
    public record Beside(
            boolean disaggregated, boolean ttft, int complete, Errors ours, Errors peer) {}

    /// Row by row beside the peer's static estimates (`aic_e2e`).
    public static List<Beside> besidePeer(ServingObservations observations, Table all, Table peer) {
        var estimates = new HashMap<String, Row>();
        for (Row row : peer.rows()) {
            estimates.put(row.text("id"), row);
        }
        var predicted = observations.crossValidated(FOLDS, 1);
        var lines = new ArrayList<Beside>();
        for (boolean disaggregated : new boolean[] {false, true}) {
            int complete = 0;
            for (Row row : all.rows()) {
                boolean mine = row.text("mode").equals(disaggregated ? "disagg" : "agg");
                if (mine && complete(row) && estimates.containsKey(row.text("id"))) {
                    complete++;
                }
            }
            for (boolean ttft : new boolean[] {false, true}) {
                var ours = new ArrayList<Double>();
                var theirs = new ArrayList<Double>();
                for (int i = 0; i < predicted.size(); i++) {
                    var m = observations.rows().get(i);
                    Row estimate = estimates.get(m.row().text("id"));
                    if (m.modelled().disaggregated() != disaggregated || estimate == null) {
                        continue;
                    }
                    double truth = ttft ? m.ttft() : m.tpot();
                    ours.add(Errors.relative(predicted.get(i)[ttft ? 0 : 1], truth));
                    String column = ttft ? "aic_ttft_ms" : "aic_tpot_ms";
                    theirs.add(Errors.relative(estimate.number(column) / 1000, truth));
                }
                lines.add(
                        new Beside(
                                disaggregated, ttft, complete, Errors.of(ours), Errors.of(theirs)));
            }
        }
        return lines;
    }

    /// Whether a row says how many GPUs ran what: worker counts where disaggregated.
    public static boolean complete(Row row) {
        return row.has("concurrency")
                && (row.text("mode").equals("agg")
                        ? row.has("tp")
                        : row.has("p_workers") && row.has("d_workers"));
    }

    /// One line a mode and latency, for people.
    public static String text(ServingObservations observations) {
        var text = new StringBuilder();
        text.append(
                "%-16s %6s %12s %12s %12s%n"
                        .formatted("deployments", "rows", "kernels, %", "median, %", "p90, %"));
        for (Line line : lines(observations)) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-16s %6d %12.1f %12.1f %12.1f%n",
                            line.name(),
                            line.kernels().count(),
                            100 * line.kernels().median(),
                            100 * line.corrected().median(),
                            100 * line.corrected().p90()));
        }
        return text.toString();
    }
}
