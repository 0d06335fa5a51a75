package dev.ratematch.k8s.fleet;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How many GPUs one replica takes, read from pod templates. Fails closed: a replica whose width
/// cannot be told is never scaled.
///
/// @param gpus GPUs of one replica; 0 when unknown
/// @param from where the number comes from, or why there is none; for people
public record GpuWidth(int gpus, String from) {

    private static final String RESOURCE_SUFFIX = "/gpu";

    /// Whether a number was found.
    public boolean known() {
        return gpus > 0;
    }

    /// The width that the owner gave.
    public static GpuWidth given(int gpus) {
        return new GpuWidth(gpus, "gpusPerReplica");
    }

    /// No width, and why.
    static GpuWidth unknown(String why) {
        return new GpuWidth(0, why);
    }

    /// The width of one pod.
    ///
    /// @param claimed GPUs of a resource claim template by name; null when they cannot be counted;
    ///   a `TargetException` says why it cannot be read
    public static GpuWidth of(PodSpec pod, Function<String, @Nullable Integer> claimed) {
        long running = 0;
        for (var container : pod.getContainers()) {
            running += gpus(container);
        }
        long starting = 0;
        for (var init : pod.getInitContainers()) {
            if ("Always".equals(init.getRestartPolicy())) {
                running += gpus(init);
            } else {
                starting = Math.max(starting, gpus(init));
            }
        }
        long own = Math.max(running, starting);
        int claims = 0;
        for (PodResourceClaim claim : pod.getResourceClaims()) {
            String template = claim.getResourceClaimTemplateName();
            if (template == null) {
                return unknown(
                        "resource claim %s is shared between pods; give gpusPerReplica"
                                .formatted(claim.getName()));
            }
            Integer devices;
            try {
                devices = claimed.apply(template);
            } catch (TargetException e) {
                return unknown(e.getMessage() + "; give gpusPerReplica");
            }
            if (devices == null) {
                return unknown(
                        "the devices of resource claim template %s cannot be counted; give"
                                        .formatted(template)
                                + " gpusPerReplica");
            }
            claims += devices;
        }
        if (own + claims <= 0) {
            return unknown("the pod template asks for no GPU; give gpusPerReplica");
        }
        return new GpuWidth(
                (int) (own + claims),
                claims == 0
                        ? "pod template"
                        : "pod template, %d by resource claim".formatted(claims));
    }

    /// The width of a group: a leader and its workers.
    static GpuWidth group(GpuWidth leader, GpuWidth worker, int size) {
        if (!worker.known()) {
            return worker;
        }
        int gpus = leader.gpus() + worker.gpus() * (size - 1);
        return new GpuWidth(gpus, "pod templates of a group of %d".formatted(size));
    }

    private static long gpus(Container container) {
        var resources = container.getResources();
        if (resources == null) {
            return 0;
        }
        return Math.max(sum(resources.getLimits()), sum(resources.getRequests()));
    }

    private static long sum(@Nullable Map<String, Quantity> quantities) {
        if (quantities == null) {
            return 0;
        }
        return quantities.entrySet().stream()
                .filter(e -> e.getKey().endsWith(RESOURCE_SUFFIX))
                .mapToLong(e -> e.getValue().getNumericalAmount().longValue())
                .sum();
    }

    /// Devices of a resource claim template's spec: the exact counts of its requests.
    ///
    /// @param requests `spec.spec.devices.requests`
    static @Nullable Integer devices(List<?> requests) {
        int devices = 0;
        for (Object each : requests) {
            if (!(each instanceof Map<?, ?> request) || request.containsKey("firstAvailable")) {
                return null;
            }
            Object exact = request.containsKey("exactly") ? request.get("exactly") : request;
            if (!(exact instanceof Map<?, ?> body) || "All".equals(body.get("allocationMode"))) {
                return null;
            }
            devices += body.get("count") instanceof Number count ? count.intValue() : 1;
        }
        return devices;
    }
}
