package dev.ratematch.sizing;

import dev.ratematch.costmodel.phase.Operator;
import dev.ratematch.costmodel.text.Grid;
import dev.ratematch.costmodel.text.Look;
import java.util.Locale;

/// Prints the chosen steps operator by operator.
public final class Explain {

    private static final String END = System.lineSeparator();

    private Explain() {}

    /// One table per chosen engine.
    public static String text(ModelPlan answer, Look look) {
        var text = new StringBuilder();
        for (Step step : Step.of(answer)) {
            text.append(END)
                    .append(
                            look.text(
                                    "%s %s: %s, %s%n"
                                            .formatted(
                                                    step.role(),
                                                    step.name(),
                                                    step.what(),
                                                    ModelPlan.time(step.seconds()))))
                    .append(grid(step).text(look));
        }
        String meanings =
                "x roofline: time over the least that the hardware allows; 1 is ideal."
                        + " Times are through all stages."
                        + END
                        + "beyond kernels: what measured deployments of the engine take for such steps over"
                        + " the sum of its kernels; negative where they take less, since kernels that are"
                        + " priced one after another overlap there."
                        + END;
        return text.append(END).append(look.text(meanings)).toString();
    }

    private static Grid grid(Step step) {
        var grid =
                new Grid(
                        2,
                        "operator",
                        "part",
                        "launches",
                        "time",
                        "share",
                        "x roofline",
                        "confidence");
        for (Operator operator : step.operators()) {
            var total = operator.total();
            grid.row(
                    operator.name(),
                    operator.part().name().toLowerCase(Locale.ROOT),
                    Numbers.plain(operator.count()),
                    ModelPlan.time(total.micros() * 1e-6),
                    percent(total.micros() * 1e-6, step),
                    total.rooflineMicros() > 0
                            ? Numbers.fixed(total.micros() / total.rooflineMicros(), 1)
                            : "-",
                    total.confidence().name().toLowerCase(Locale.ROOT));
        }
        double beyond = step.seconds() - step.kernelSeconds();
        grid.row(
                "beyond kernels",
                "engine",
                "-",
                ModelPlan.time(beyond),
                percent(beyond, step),
                "-",
                "-");
        return grid;
    }

    private static String percent(double seconds, Step step) {
        return Numbers.fixed(100 * seconds / step.seconds(), 1) + " %";
    }
}
