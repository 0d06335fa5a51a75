package dev.ratematch.costmodel.frontier.search;

import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.List;
import java.util.Optional;

/// Which shapes a plan may take.
///
/// @param mixed whether a role may have replicas of several shapes; by default it has one, which is
///   one deployment to write, roll out and scale
/// @param prefill the only shape of prefill; empty for any
/// @param decode the only shape of decode; empty for any
public record ShapeRules(
        boolean mixed, Optional<Parallelism> prefill, Optional<Parallelism> decode) {

    /// One shape per role, any.
    public static final ShapeRules ONE_PER_ROLE =
            new ShapeRules(false, Optional.empty(), Optional.empty());

    /// Any mix of any shapes: the optimum that the paper's algorithms are after.
    public static final ShapeRules MIXED = new ShapeRules(true, Optional.empty(), Optional.empty());

    List<CompiledWorker> prefill(List<CompiledWorker> workers) {
        return allowed(prefill, workers);
    }

    List<CompiledWorker> decode(List<CompiledWorker> workers) {
        return allowed(decode, workers);
    }

    private static List<CompiledWorker> allowed(
            Optional<Parallelism> only, List<CompiledWorker> workers) {
        return only.map(
                        shape ->
                                workers.stream()
                                        .filter(worker -> worker.parallelism().equals(shape))
                                        .toList())
                .orElse(workers);
    }
}
