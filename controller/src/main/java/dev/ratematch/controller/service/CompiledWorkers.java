package dev.ratematch.controller.service;

import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Workers that are compiled already. Services of one model on one GPU share them, whatever their
/// promises and budgets: to compile one takes tens of milliseconds and its curves take memory, and
/// an operator has a thousand services. A compiled worker is a value, so nobody notices.
final class CompiledWorkers {

    /// Beyond so many, all are forgotten: each takes less than a megabyte.
    static final int MOST = 128;

    private static final Map<Kind, CompiledWorker> KNOWN = new ConcurrentHashMap<>();

    private CompiledWorkers() {}

    /// All that a worker's times follow from.
    ///
    /// @param model a name that is known
    /// @param gpu a name that is known
    /// @param allReduceFloorMicros microseconds
    record Kind(
            String model,
            String gpu,
            double allReduceFloorMicros,
            Precision precision,
            KvDtype kv,
            String engine,
            Parallelism parallelism) {}

    /// The worker of a kind. Who asks for one that is being compiled waits for it.
    static CompiledWorker of(Kind kind, Supplier<CompiledWorker> compile) {
        if (KNOWN.size() > MOST) {
            KNOWN.clear();
        }
        return KNOWN.computeIfAbsent(kind, _ -> compile.get());
    }
}
