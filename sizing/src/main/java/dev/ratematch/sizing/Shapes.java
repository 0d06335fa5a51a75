package dev.ratematch.sizing;

import dev.ratematch.costmodel.frontier.search.Configurations;
import dev.ratematch.costmodel.frontier.search.ShapeRules;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.units.Check;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What was asked of the shapes of engines.
///
/// @param rules which shapes may be planned together
/// @param maxReplicaGpus most GPUs of one replica
public record Shapes(ShapeRules rules, int maxReplicaGpus) {

    /// Any shape, one per role.
    public static final Shapes ANY = new Shapes(ShapeRules.ONE_PER_ROLE, ModelRequest.MAX_GPUS);

    private static final String PREFILL = "--prefill-parallel";
    private static final String DECODE = "--decode-parallel";
    private static final String MAX = "--max-replica-gpus";

    public Shapes {
        Check.atLeast(MAX, maxReplicaGpus, 1);
        refuseWider(PREFILL, rules.prefill(), maxReplicaGpus);
        refuseWider(DECODE, rules.decode(), maxReplicaGpus);
    }

    /// Of the values of the options; null for those that were not given.
    public static Shapes of(
            boolean mixed,
            @Nullable String prefill,
            @Nullable String decode,
            @Nullable Integer maxReplicaGpus) {
        return new Shapes(
                new ShapeRules(mixed, shape(PREFILL, prefill), shape(DECODE, decode)),
                maxReplicaGpus == null ? ModelRequest.MAX_GPUS : maxReplicaGpus);
    }

    private static Optional<Parallelism> shape(String option, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        Parallelism shape;
        try {
            shape = Parallelism.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
        if (shape.chunkTokens() > 0) {
            throw new IllegalArgumentException(
                    "%s (%s) must be without chunks, such as %s: the plan chooses them."
                            .formatted(option, text, shape.withChunks(shape.pipeline(), 0).text()));
        }
        return Optional.of(shape);
    }

    private static void refuseWider(String option, Optional<Parallelism> shape, int most) {
        shape.filter(given -> given.gpus() > most)
                .ifPresent(
                        wide -> {
                            throw new IllegalArgumentException(
                                    "%s (%s) has %d GPUs, more than %s (%d) allows."
                                            .formatted(
                                                    option, wide.text(), wide.gpus(), MAX, most));
                        });
    }

    /// Shapes that have to be among the candidates.
    Stream<Parallelism> fixed() {
        return Stream.concat(rules.prefill().stream(), rules.decode().stream());
    }

    /// Whether fewer engines are looked at than the budget has room for.
    boolean narrow() {
        return maxReplicaGpus < ModelRequest.MAX_GPUS;
    }

    /// Refuses a fixed shape that cannot be run, with the reason.
    void refuseIllegal(Configurations found) {
        refuseIllegal(PREFILL, rules.prefill(), found);
        refuseIllegal(DECODE, rules.decode(), found);
    }

    private static void refuseIllegal(
            String option, Optional<Parallelism> shape, Configurations found) {
        shape.flatMap(
                        given ->
                                found.illegal().stream()
                                        .filter(i -> i.parallelism().equals(given.text()))
                                        .findFirst())
                .ifPresent(
                        illegal -> {
                            throw new IllegalArgumentException(
                                    "%s (%s) cannot be run: %s"
                                            .formatted(
                                                    option,
                                                    illegal.parallelism(),
                                                    illegal.message()));
                        });
    }
}
