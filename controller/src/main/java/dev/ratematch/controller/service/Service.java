package dev.ratematch.controller.service;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.costmodel.phase.CompiledWorker;
import java.util.List;

/// A service with every default filled in, and what the cost model makes of it.
///
/// @param request as it was asked for
/// @param model catalogue name
/// @param gpu accelerator name
/// @param precision of the weights
/// @param precisionSource who says so: the request, or what the name or the publication states
/// @param kvDtype type of the KV cache
/// @param engine serving engine
/// @param prefillParallel how a prefill replica is spread
/// @param decodeParallel how a decode replica is spread
/// @param allReduceFloorMicros least microseconds of an all-reduce wider than was measured; 0 takes
///   the widest table
/// @param warnings what is planned otherwise than the checkpoint is stored, and what no measurement
///   covers and the step times lean on, for people
/// @param laws step times of both roles
public record Service(
        ServiceRequest request,
        String model,
        String gpu,
        String precision,
        String precisionSource,
        String kvDtype,
        String engine,
        String prefillParallel,
        String decodeParallel,
        double allReduceFloorMicros,
        List<String> warnings,
        ServiceSpec spec,
        Laws laws,
        CompiledWorker prefillWorker,
        CompiledWorker decodeWorker) {

    public Service {
        warnings = List.copyOf(warnings);
    }

    /// Whether decisions made for one are good for the other: the same step times and the same
    /// promises and limits, however they were asked for.
    public boolean alike(Service other) {
        return identity().equals(other.identity()) && spec.equals(other.spec());
    }

    /// What a learnt correction of step times belongs to: it is void where any of this differs.
    public String identity() {
        String usual =
                String.join(
                        " ",
                        model,
                        gpu,
                        precision,
                        kvDtype,
                        engine,
                        prefillParallel,
                        decodeParallel,
                        Integer.toString(spec.prefill().maxBatchedTokens()),
                        Double.toString(spec.decode().kvTokens()));
        // States written before the floor could be set stay good where it is not.
        return allReduceFloorMicros == 0 ? usual : usual + " " + allReduceFloorMicros;
    }
}
