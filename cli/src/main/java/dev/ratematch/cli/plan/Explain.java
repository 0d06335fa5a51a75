package dev.ratematch.cli.plan;

import java.util.List;

/// Prints the chosen steps operator by operator.
public final class Explain {

    private static final String END = System.lineSeparator();

    private Explain() {}

    /// One table per chosen engine.
    public static String text(ModelPlan answer, OperatorSource source) {
        var plan = answer.plan();
        var load = plan.target().load();
        var text = new StringBuilder();
        for (var point : plan.prefill()) {
            int stages = point.worker().parallelism().pipeline();
            double prompts = point.chunkTokens() == 0 ? (double) point.prompts() / stages : 1;
            text.append(
                    table(
                            "prefill %s, one iteration of %s prompts"
                                    .formatted(point.name(), Numbers.plain(prompts)),
                            source.prefill(
                                    point.worker(),
                                    prompts * load.newTokens(),
                                    prompts * load.newSquares())));
        }
        for (var point : plan.decode()) {
            double sequences = (double) point.sequences() / point.worker().parallelism().pipeline();
            text.append(
                    table(
                            "decode %s, one step of %s sequences at %s tokens of context each"
                                    .formatted(
                                            point.name(),
                                            Numbers.plain(sequences),
                                            Numbers.plain(load.residentTokens())),
                            source.decode(
                                    point.worker(),
                                    sequences * (1 + load.draftTokens()),
                                    sequences * load.residentTokens())));
        }
        return text.toString();
    }

    private static String table(String title, List<Operator> operators) {
        var grid = new Grid(1, "operator", "count", "time", "share", "of roofline");
        for (var operator : operators) {
            grid.row(
                    operator.name(),
                    "" + operator.count(),
                    ModelPlan.time(operator.seconds()),
                    Numbers.fixed(100 * operator.share(), 1) + " %",
                    operator.rooflineShare().isPresent()
                            ? Numbers.fixed(100 * operator.rooflineShare().getAsDouble(), 0) + " %"
                            : "-");
        }
        return END + title + END + grid.text();
    }
}
