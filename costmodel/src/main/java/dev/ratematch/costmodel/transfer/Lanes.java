package dev.ratematch.costmodel.transfer;

import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.units.Check;

/// Links that a worker's KV goes over: those of GPUs with KV of their own. Duplicates of a head or
/// of a latent do not count.
///
/// @param perRequest lanes of one request: the GPUs of the copy of attention that serves it
/// @param perWorker lanes of all copies of the worker
public record Lanes(double perRequest, double perWorker) {

    public Lanes {
        Check.positive("perRequest", perRequest);
        Check.finiteAtLeast("perWorker", perWorker, perRequest);
    }

    /// Lanes of a worker.
    public static Lanes of(ModelSpec model, Parallelism parallelism) {
        double all = parallelism.gpus() / parallelism.kvDuplication(model);
        return new Lanes(all / parallelism.attentionData(), all);
    }

    /// Lanes of one copy of attention whose GPUs all have KV of their own.
    public static Lanes each(int gpus) {
        return new Lanes(gpus, gpus);
    }

    /// Lanes of one request on its way to another worker: the narrower of the two sets the pace.
    public double to(Lanes other) {
        return Math.min(perRequest, other.perRequest);
    }
}
