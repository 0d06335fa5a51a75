package dev.ratematch.sizing.launch;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.frontier.points.DecodeChoice;
import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.PrefillChoice;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.sizing.LoadAnswer;
import dev.ratematch.sizing.ModelPlan;
import dev.ratematch.sizing.ModelRequest;
import dev.ratematch.sizing.load.Traffic;
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
/// @param requestsPerSecond what the fleet carries where every engine is full, as nobody runs it
/// @param keptRequestsPerSecond what it keeps both promises at with queueing: the load that it was
///   sized for, or the most that a plan by budget keeps under Poisson arrivals; 0 where it keeps
///   them at no load
/// @param percentile share of requests that the promises are for, percent
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
        double keptRequestsPerSecond,
        double percentile,
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
        var plan = answer.plan();
        var load = plan.target().load();
        var prefill = new ArrayList<Pool>();
        for (int i = 0; i < plan.prefill().size(); i++) {
            int replicas = plan.mix().prefill().get(i).replicas();
            prefill.add(Pool.of(plan.prefill().get(i), replicas, load));
        }
        var decode = new ArrayList<Pool>();
        for (int i = 0; i < plan.decode().size(); i++) {
            int replicas = plan.mix().decode().get(i).replicas();
            decode.add(Pool.of(plan.decode().get(i), replicas, load));
        }
        return of(
                answer.request(),
                checkpoint,
                new Carried(
                        answer.request().gpus(),
                        plan.mix().servedRequestsPerSecond(),
                        LoadAnswer.kept(answer),
                        Traffic.USUAL.percentile()),
                prefill,
                decode);
    }

    /// That of a fleet that was sized for a load.
    ///
    /// @param checkpoint what the engines load; empty for the published one
    public static PlannedFleet of(LoadAnswer answer, Optional<String> checkpoint) {
        var least = answer.least();
        var target = answer.request().target();
        var prefill = new PrefillChoice(target, least.prefill());
        var decode = new DecodeChoice(target, least.decode());
        // Without the margin that a plan by budget leaves, an engine may be just too slow for it.
        var first = prefill.best().or(prefill::fastest).orElseThrow();
        var then = decode.best().or(decode::fastest).orElseThrow();
        return of(
                answer.request(),
                checkpoint,
                new Carried(
                        answer.gpus(),
                        Math.min(
                                least.prefillReplicas() * first.requestsPerSecond(),
                                least.decodeReplicas() * then.requestsPerSecond()),
                        least.requestsPerSecond(),
                        answer.traffic().percentile()),
                List.of(Pool.of(first, least.prefillReplicas(), target.load())),
                List.of(Pool.of(then, least.decodeReplicas(), target.load())));
    }

    /// Within how many GPUs, how many requests per second, full and with queueing, and percent of
    /// them that are promised for.
    private record Carried(int gpus, double full, double kept, double percentile) {}

    private static PlannedFleet of(
            ModelRequest request,
            Optional<String> checkpoint,
            Carried carried,
            List<Pool> prefill,
            List<Pool> decode) {
        var target = request.target();
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
                carried.gpus(),
                carried.full(),
                carried.kept(),
                carried.percentile(),
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
