package dev.ratematch.sizing;

import dev.ratematch.controller.service.ShippedProfiles;
import dev.ratematch.costmodel.kernel.Confidence;
import dev.ratematch.costmodel.phase.ForwardPass;
import dev.ratematch.costmodel.phase.Operator;
import dev.ratematch.costmodel.phase.WideAllReduce;
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
        // Not of the step: engines overlap kernels, so that a step can take less than they do.
        double all = 0;
        var names = new ArrayList<String>();
        for (Operator operator : step.operators()) {
            all += operator.total().micros();
            if (operator.each().confidence() == confidence) {
                micros += operator.total().micros();
                names.add(operator.name());
            }
        }
        return Optional.of(
                "%s of %s %s (%s %% of its kernels' time) %s"
                        .formatted(
                                names.stream().distinct().collect(Collectors.joining(", ")),
                                step.role(),
                                step.name(),
                                Numbers.fixed(100 * micros / all, 1),
                                confidence == Confidence.EXTRAPOLATED
                                        ? "lie beyond the measured sizes."
                                        : "come from another shape, format or system."));
    }

    private static Optional<String> allReduce(ModelPlan answer, List<Step> steps) {
        var accelerator = answer.request().accelerator();
        var collectives = ShippedProfiles.kernels(accelerator).collectives();
        for (Step step : steps) {
            var wide = WideAllReduce.of(collectives, step.worker().parallelism(), step.operators());
            if (wide.isPresent()) {
                return wide.map(w -> w.text(step.name(), accelerator.name(), "--all-reduce-floor"));
            }
        }
        return Optional.empty();
    }

    /// The word and the reason.
    public String text() {
        String word = confidence.name().toLowerCase(Locale.ROOT);
        return reason.map(why -> word + ": " + why).orElse(word);
    }
}
