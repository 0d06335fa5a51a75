package dev.ratematch.costmodel.phase;

import dev.ratematch.costmodel.kernel.CollectiveKernels;
import dev.ratematch.costmodel.parallel.Parallelism;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// An all-reduce that no public measurement covers, for whoever leans on it to say so.
///
/// @param gpus that take part
/// @param measuredGpus up to which there are measurements
/// @param micros that the longest of an iteration is taken to last
public record WideAllReduce(int gpus, int measuredGpus, double micros) {

    /// Of one iteration; empty where measurements cover it.
    public static Optional<WideAllReduce> of(
            CollectiveKernels collectives, Parallelism parallelism, List<Operator> iteration) {
        int gpus = parallelism.tensor();
        if (!collectives.unmeasured(gpus)) {
            return Optional.empty();
        }
        double micros =
                iteration.stream()
                        .filter(operator -> operator.name().startsWith("all-reduce"))
                        .mapToDouble(operator -> operator.each().micros())
                        .max()
                        .orElse(0);
        return Optional.of(new WideAllReduce(gpus, collectives.measuredGpus(), micros));
    }

    /// One sentence of warning, and one of what to do.
    ///
    /// @param who all-reduces so widely
    /// @param gpu accelerator name
    /// @param setting by which the floor is set
    public String text(String who, String gpu, String setting) {
        return String.format(
                Locale.ROOT,
                "all-reduce floor: %s all-reduces over %d GPUs of %s, and public measurements end"
                        + " at %d; taken are %.1f us each, the one published figure (16 GPUs,"
                        + " SGLang) is 48 to 50 us. Set yours by %s.",
                who,
                gpus,
                gpu,
                measuredGpus,
                micros,
                setting);
    }
}
