package dev.ratematch.k8s.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ratematch.k8s.cluster.Sandbox;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Plays the controller of a made-up kind: gives StatefulSets the counts that its objects ask for.
final class Mirror implements AutoCloseable {

    private static final String API = "test.ratematch.dev/v1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Sandbox sandbox;
    private final Map<String, Place> followed = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("mirror").daemon().factory());

    private record Place(String kind, String name, String path) {}

    Mirror(Sandbox sandbox) {
        this.sandbox = sandbox;
        var _ = clock.scheduleWithFixedDelay(this::run, 0, 200, TimeUnit.MILLISECONDS);
    }

    /// From now on a StatefulSet has the count that stands at a JSON pointer.
    void follow(String statefulSet, String kind, String name, String path) {
        followed.put(statefulSet, new Place(kind, name, path));
    }

    int count(String kind, String name, String path) {
        return at(new Place(kind, name, path)).asInt(-1);
    }

    String text(String kind, String name, String path) {
        return at(new Place(kind, name, path)).asText();
    }

    /// Sets the status of an object.
    void status(String kind, String name, String json) {
        var _ =
                resource(kind, name)
                        .subresource("status")
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                "{\"status\": %s}".formatted(json));
    }

    private Resource<GenericKubernetesResource> resource(String kind, String name) {
        return sandbox.client()
                .genericKubernetesResources(API, kind)
                .inNamespace(sandbox.namespace())
                .withName(name);
    }

    private JsonNode at(Place place) {
        return JSON.valueToTree(resource(place.kind(), place.name()).require()).at(place.path());
    }

    private void run() {
        try {
            followed.forEach(
                    (set, place) -> {
                        int wanted = at(place).asInt(-1);
                        var target =
                                sandbox.client()
                                        .apps()
                                        .statefulSets()
                                        .inNamespace(sandbox.namespace())
                                        .withName(set);
                        if (wanted >= 0 && target.require().getSpec().getReplicas() != wanted) {
                            var _ =
                                    target.patch(
                                            PatchContext.of(PatchType.JSON_MERGE),
                                            String.format(
                                                    Locale.ROOT,
                                                    "{\"spec\":{\"replicas\":%d}}",
                                                    wanted));
                        }
                    });
        } catch (RuntimeException e) {
            // Objects come and go; the next round looks again.
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
