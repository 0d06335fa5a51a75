package dev.ratematch.sizing.launch;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.sizing.ModelPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// A plan as those are told of it who start it.
///
/// @param model short name of the model
/// @param checkpoint what the engines load: a Hugging Face id or a folder
/// @param accelerator the GPU
/// @param precision of the weights
/// @param kv of the KV cache
/// @param engine whose step times were planned with
/// @param load what one request asks for
/// @param ttftSeconds promised time to first token
/// @param itlSeconds promised time between tokens
/// @param link the path of KV
/// @param allReduceFloorMicros least latency of a wide all-reduce, microseconds; 0 for none
/// @param drafts whether the checkpoint brings layers that draft tokens (multi-token prediction)
/// @param budgetGpus GPUs that may be used
/// @param requestsPerSecond what the fleet carries
/// @param prefill shapes of the prefill pool, the largest share first
/// @param decode shapes of the decode pool
public record PlannedFleet(
        String model,
        String checkpoint,
        Accelerator accelerator,
        Precision precision,
        KvDtype kv,
        String engine,
        Load load,
        double ttftSeconds,
        double itlSeconds,
        KvLink link,
        double allReduceFloorMicros,
        boolean drafts,
        int budgetGpus,
        double requestsPerSecond,
        List<Pool> prefill,
        List<Pool> decode) {

    public PlannedFleet {
        prefill = List.copyOf(prefill);
        decode = List.copyOf(decode);
    }

    /// That of a plan.
    ///
    /// @param checkpoint what the engines load; empty for the published one
    public static PlannedFleet of(ModelPlan answer, Optional<String> checkpoint) {
        var request = answer.request();
        var target = request.target();
        var plan = answer.plan();
        var prefill = new ArrayList<Pool>();
        for (int i = 0; i < plan.prefill().size(); i++) {
            int replicas = plan.mix().prefill().get(i).replicas();
            prefill.add(Pool.of(plan.prefill().get(i), replicas, target.load()));
        }
        var decode = new ArrayList<Pool>();
        for (int i = 0; i < plan.decode().size(); i++) {
            int replicas = plan.mix().decode().get(i).replicas();
            decode.add(Pool.of(plan.decode().get(i), replicas, target.load()));
        }
        return new PlannedFleet(
                target.model().name(),
                checkpoint.orElseGet(() -> Checkpoints.published(target.model().name())),
                request.accelerator(),
                request.weights().precision(),
                request.kvCache().type(),
                request.engine(),
                target.load(),
                target.ttftSeconds(),
                target.itlSeconds(),
                target.link(),
                request.allReduceFloorMicros(),
                target.model().nextn() > 0,
                request.gpus(),
                plan.mix().servedRequestsPerSecond(),
                prefill,
                decode);
    }

    /// Both pools, prefill first.
    public List<Pool> pools() {
        return Stream.concat(prefill.stream(), decode.stream()).toList();
    }

    /// The shapes of one pool.
    public List<Pool> pools(Role role) {
        return role == Role.PREFILL ? prefill : decode;
    }

    /// Whether each pool has one shape, as what scales it must have.
    public boolean uniform() {
        return prefill.size() == 1 && decode.size() == 1;
    }

    /// Whether the operator's cost model knows the model by its name.
    public boolean catalogued() {
        return Models.all().stream().anyMatch(known -> known.name().equals(model));
    }

    /// The name of a precision or KV type as options and RateMatchers spell it.
    public static String spelled(Enum<?> type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /// What whoever starts the fleet has to know beyond the commands.
    public List<String> notes() {
        var notes = new ArrayList<String>();
        Checkpoints.mismatch(this).ifPresent(notes::add);
        if (load.draftTokens() > 0 && !drafts) {
            notes.add(
                    ("The plan counts on speculative decoding, %s tokens a step of %s drafted, but"
                                    + " %s brings no layers that draft: add the engine's own flags"
                                    + " for a drafter to decode.")
                            .formatted(
                                    plain(load.acceptLength()), plain(load.draftTokens()), model));
        }
        return notes;
    }

    static String plain(double value) {
        return value == Math.rint(value)
                ? String.valueOf((long) value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
