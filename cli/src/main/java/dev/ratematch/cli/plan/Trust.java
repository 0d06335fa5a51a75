package dev.ratematch.cli.plan;

import dev.ratematch.costmodel.kernel.Confidence;
import dev.ratematch.costmodel.phase.ForwardPass;
import dev.ratematch.costmodel.phase.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// How far a plan can be trusted: as far as the least measured kernel of its chosen steps.
///
/// @param confidence of that kernel
/// @param reason one sentence; empty when everything was measured
/// @param warning what no measurement covers and the plan leans on, by name
public record Trust(Confidence confidence, Optional<String> reason, Optional<String> warning) {

    /// GPUs of one tray of an NVL72 rack, to which collectives were measured there.
    private static final int TRAY = 4;

    /// Of a plan.
    static Trust of(ModelPlan answer) {
        var steps = Step.of(answer);
        Step least = steps.getFirst();
        Confidence confidence = Confidence.FITTED;
        for (Step step : steps) {
            Confidence own = ForwardPass.confidence(step.operators());
            if (own.compareTo(confidence) < 0) {
                confidence = own;
                least = step;
            }
        }
        return new Trust(confidence, reason(least, confidence), allReduce(answer, steps));
    }

    private static Optional<String> reason(Step step, Confidence confidence) {
        if (confidence == Confidence.FITTED) {
            return Optional.empty();
        }
        double micros = 0;
        var names = new ArrayList<String>();
        for (Operator operator : step.operators()) {
            if (operator.each().confidence() == confidence) {
                micros += operator.total().micros();
                names.add(operator.name());
            }
        }
        return Optional.of(
                "%s of %s %s (%s %% of its step) %s"
                        .formatted(
                                names.stream().distinct().collect(Collectors.joining(", ")),
                                step.role(),
                                step.name(),
                                Numbers.fixed(100 * micros * 1e-6 / step.seconds(), 1),
                                confidence == Confidence.EXTRAPOLATED
                                        ? "lie beyond the measured sizes."
                                        : "come from another shape, format or system."));
    }

    private static Optional<String> allReduce(ModelPlan answer, List<Step> steps) {
        var accelerator = answer.request().accelerator();
        if (accelerator.nvlinkGpus() <= 8) {
            return Optional.empty();
        }
        return steps.stream()
                .filter(step -> step.worker().parallelism().tensor() > TRAY)
                .findFirst()
                .map(step -> warning(step, accelerator.name()));
    }

    private static String warning(Step step, String gpu) {
        double micros =
                step.operators().stream()
                        .filter(o -> o.name().startsWith("all-reduce"))
                        .mapToDouble(o -> o.each().micros())
                        .max()
                        .orElse(0);
        return ("all-reduce floor: %s all-reduces over %d GPUs of %s, and public measurements end at"
                        + " %d; taken are %s us each, the one published figure (16 GPUs, SGLang) is"
                        + " 48 to 50 us. Set yours by --all-reduce-floor.")
                .formatted(
                        step.name(),
                        step.worker().parallelism().tensor(),
                        gpu,
                        TRAY,
                        Numbers.fixed(micros, 1));
    }

    /// The word and the reason.
    String text() {
        String word = confidence.name().toLowerCase(Locale.ROOT);
        return reason.map(why -> word + ": " + why).orElse(word);
    }
}
