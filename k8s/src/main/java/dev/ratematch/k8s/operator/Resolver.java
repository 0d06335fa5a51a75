package dev.ratematch.k8s.operator;

import dev.ratematch.controller.filter.ServiceLines;
import dev.ratematch.controller.service.Service;
import dev.ratematch.controller.service.ServiceFactory;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.WorkersSpec;
import dev.ratematch.k8s.fleet.GpuWidth;
import java.util.ArrayList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// From a spec and what the cluster says to a service. Pure.
final class Resolver {

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
    static RateMatcherSpec checked(@Nullable RateMatcherSpec given) {
        if (given == null) {
            throw missing("spec");
        }
        if (given.workers() != null) {
            checked(given.workers());
        }
        var spec = given.expanded();
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

    private static void checked(WorkersSpec workers) {
        required("spec.workers.scaleTargetRef", workers.scaleTargetRef());
        required("spec.workers.roleLabel", workers.roleLabel());
        required("spec.workers.switch", workers.switching());
        required("spec.workers.switch.protocol", workers.switching().protocol());
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
                    "The GPU type is not known; set spec.accelerator, such as b200. (No "
                            + "GpuPool names it, and no node of a running pod has a readable "
                            + "label nvidia.com/gpu.product with a known GPU.)");
        }
        boolean shared = spec.workers() != null;
        width(shared ? "workers" : "prefill", found.prefill());
        width(shared ? "workers" : "decode", found.decode());
        var budget = spec.budget();
        Integer gpus = budget == null ? null : budget.gpus();
        int least =
                orOne(spec.prefill().minReplicas()) * found.prefill().gpus()
                        + orOne(spec.decode().minReplicas()) * found.decode().gpus();
        int most = gpus == null ? Math.max(least, found.heldGpus()) : gpus;
        Integer minGpus = budget == null ? null : budget.minGpus();
        if (minGpus != null && minGpus > most) {
            throw new RefusedException(
                    "SpecInvalid",
                    "spec.budget.minGpus (%d) must be at most the budget, %d GPUs."
                            .formatted(minGpus, most));
        }
        var node = SpecFields.of(spec);
        node.put("gpu", accelerator);
        node.put("budget_gpus", most);
        node.put("engine", engine(node.path("engine").textValue(), found.engine()));
        node.withObject("/prefill").put("gpus", found.prefill().gpus());
        node.withObject("/decode").put("gpus", found.decode().gpus());
        try {
            return ServiceLines.read(node, new ArrayList<>());
        } catch (IllegalArgumentException e) {
            String said = SpecFields.said(String.valueOf(e.getMessage()));
            throw new RefusedException(
                    "SpecInvalid", spec.workers() == null ? said : SpecFields.inWorkers(said));
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

    private static @Nullable String engine(@Nullable String stated, @Nullable String found) {
        return stated == null ? found : stated;
    }

    private static void width(String part, GpuWidth width) {
        if (!width.known()) {
            throw new RefusedException(
                    "GpuWidthUnknown",
                    "spec.%s.gpusPerReplica is not given, and %s.".formatted(part, width.from()));
        }
    }

    private static int orOne(@Nullable Integer replicas) {
        return Objects.requireNonNullElse(replicas, 1);
    }
}
