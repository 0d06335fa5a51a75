package dev.ratematch.k8s.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.controller.filter.ServiceLines;
import dev.ratematch.controller.observe.Slo;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.fleet.GpuWidth;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// From a spec and what the cluster says to a service. Pure.
final class Resolver {

    private static final double PERCENTILE = 95;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Resolver() {}

    /// What stands in the cluster and not in the spec.
    ///
    /// @param accelerator found, where the spec names none; null when it could not be
    /// @param engine found by what the pods expose, where the spec names none; null while unknown
    /// @param heldGpus most GPUs that the two pools have been seen to hold
    record Found(
            GpuWidth prefill,
            GpuWidth decode,
            @Nullable String accelerator,
            @Nullable String engine,
            int heldGpus) {}

    /// Refuses what an older schema may have let in.
    ///
    /// @throws RefusedException naming the field that is missing
    static RateMatcherSpec checked(@Nullable RateMatcherSpec spec) {
        if (spec == null) {
            throw missing("spec");
        }
        required("spec.model", spec.model());
        required("spec.slo", spec.slo());
        checked("prefill", spec.prefill());
        checked("decode", spec.decode());
        return spec;
    }

    private static void checked(String role, @Nullable RoleSpec spec) {
        if (spec == null) {
            throw missing("spec." + role);
        }
        required("spec." + role + ".scaleTargetRef", spec.scaleTargetRef());
        required("spec." + role + ".scaleTargetRef.name", spec.scaleTargetRef().name());
        Integer min = spec.minReplicas();
        Integer max = spec.maxReplicas();
        if (min != null && max != null && min > max) {
            throw new RefusedException(
                    "SpecInvalid",
                    "spec.%s.minReplicas (%d) must be at most maxReplicas (%d)."
                            .formatted(role, min, max));
        }
    }

    private static void required(String field, @Nullable Object value) {
        if (value == null) {
            throw missing(field);
        }
    }

    private static RefusedException missing(String field) {
        return new RefusedException("SpecInvalid", field + " is missing.");
    }

    /// The request that the cost model is asked.
    ///
    /// @throws RefusedException when a number that nothing can stand in for is unknown
    static ServiceRequest request(RateMatcherSpec spec, Found found) {
        String accelerator = spec.accelerator() != null ? spec.accelerator() : found.accelerator();
        if (accelerator == null) {
            throw new RefusedException(
                    "AcceleratorUnknown",
                    "The GPU is not known: give spec.accelerator, such as b200. (No GpuPool names"
                            + " it, and no node of a running pod has a readable label"
                            + " nvidia.com/gpu.product that is known.)");
        }
        width("prefill", found.prefill());
        width("decode", found.decode());
        var budget = spec.budget();
        Integer gpus = budget == null ? null : budget.gpus();
        int least =
                orOne(spec.prefill().minReplicas()) * found.prefill().gpus()
                        + orOne(spec.decode().minReplicas()) * found.decode().gpus();
        var slo = spec.slo();
        var link = spec.kvLink();
        int most = gpus == null ? Math.max(least, found.heldGpus()) : gpus;
        var request =
                ServiceRequest.builder(
                                spec.model(),
                                accelerator,
                                new Slo(
                                        Durations.seconds("spec.slo.ttft", slo.ttft()),
                                        Durations.seconds("spec.slo.itl", slo.itl()),
                                        slo.percentile() == null ? PERCENTILE : slo.percentile()),
                                most)
                        .precision(spec.precision())
                        .kvDtype(spec.kvDtype())
                        .engine(engine(spec, found.engine()))
                        .link(
                                link == null ? null : link.gbPerSecondPerGpu(),
                                link == null ? null : mode(link.mode()))
                        .allReduceFloorMicros(spec.allReduceFloorMicroseconds())
                        .pools(
                                pool("prefill", spec.prefill(), found.prefill()),
                                pool("decode", spec.decode(), found.decode()))
                        .build();
        return controlled(spec, most, request);
    }

    /// The request with what the spec says of how to control it, read as in a service file.
    private static ServiceRequest controlled(
            RateMatcherSpec spec, int budgetGpus, ServiceRequest request) {
        var budget = spec.budget();
        Integer least = budget == null ? null : budget.minGpus();
        if (least != null && least > budgetGpus) {
            throw new RefusedException(
                    "SpecInvalid",
                    "spec.budget.minGpus (%d) must be at most the budget, %d GPUs."
                            .formatted(least, budgetGpus));
        }
        var node = JSON.createObjectNode();
        node.put("min_budget_gpus", least);
        node.set("options", JSON.valueToTree(spec.options()));
        node.set("behavior", JSON.valueToTree(spec.behavior()));
        try {
            return ServiceLines.controlled(request, node);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("SpecInvalid", "spec." + e.getMessage());
        }
    }

    /// The service behind a request.
    ///
    /// @throws RefusedException when the cost model does not know what is asked
    static Service service(ServiceRequest request) {
        try {
            return ServiceFactory.create(request);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("SpecInvalid", String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String engine(RateMatcherSpec spec, @Nullable String found) {
        var telemetry = spec.telemetry();
        String engine = telemetry == null ? null : telemetry.engine();
        return engine == null || engine.equals("auto") ? found : engine;
    }

    private static void width(String role, GpuWidth width) {
        if (!width.known()) {
            throw new RefusedException(
                    "GpuWidthUnknown",
                    "spec.%s.gpusPerReplica is not given, and %s.".formatted(role, width.from()));
        }
    }

    private static int orOne(@Nullable Integer replicas) {
        return Objects.requireNonNullElse(replicas, 1);
    }

    private static KvLink.@Nullable Mode mode(@Nullable String text) {
        try {
            return text == null ? null : KvLink.Mode.parse("spec.kvLink.mode", text);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("SpecInvalid", String.valueOf(e.getMessage()));
        }
    }

    private static PoolRequest pool(String role, RoleSpec spec, GpuWidth width) {
        var drain = spec.drain();
        return PoolRequest.builder()
                .gpus(width.gpus())
                .parallel(spec.parallelism())
                .min(spec.minReplicas())
                .max(spec.maxReplicas())
                .leadTimeSeconds(
                        Durations.secondsOrNull("spec." + role + ".leadTime", spec.leadTime()))
                .drainSeconds(
                        Durations.secondsOrNull(
                                "spec." + role + ".drain.usual",
                                drain == null ? null : drain.usual()))
                .maxBatchedTokens(spec.maxBatchedTokens())
                .maxSequences(spec.maxSequences())
                .build();
    }
}
