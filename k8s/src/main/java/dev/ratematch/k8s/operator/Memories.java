package dev.ratematch.k8s.operator;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcher;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;

/// What sessions remember, each in a ConfigMap that its RateMatcher owns and takes along when it is
/// deleted. Named by uid, so that one that is made anew under the same name starts afresh.
final class Memories {

    /// Key of what the controller goes on from.
    static final String MEMORY = "memory";

    /// Key of the switches that are under way.
    static final String SWITCHES = "switches";

    private final KubernetesClient client;

    Memories(KubernetesClient client) {
        this.client = client;
    }

    /// The ConfigMap of a RateMatcher.
    static String name(RateMatcher matcher) {
        return "ratematch-" + matcher.getMetadata().getUid();
    }

    Optional<String> read(RateMatcher matcher, String key) {
        try {
            var found =
                    client.configMaps()
                            .inNamespace(matcher.getMetadata().getNamespace())
                            .withName(name(matcher))
                            .get();
            return Optional.ofNullable(found).map(ConfigMap::getData).map(data -> data.get(key));
        } catch (KubernetesClientException e) {
            throw unlessForbidden(e, matcher, "read");
        }
    }

    /// Patched where it is there, made where it is not, also where somebody has deleted it. Returns
    /// whether it was made.
    boolean write(RateMatcher matcher, String key, String memory) {
        try {
            patch(matcher, key, memory);
            return false;
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw unlessForbidden(e, matcher, "written");
            }
            create(matcher, key, memory);
            return true;
        }
    }

    private void patch(RateMatcher matcher, String key, String memory) {
        // By the object, not by its name alone: the client would get it first.
        var _ =
                client.resource(empty(matcher))
                        .patch(
                                new PatchContext.Builder()
                                        .withPatchType(PatchType.JSON_MERGE)
                                        .withFieldManager(Api.FIELD_MANAGER)
                                        .build(),
                                client.getKubernetesSerialization()
                                        .asJson(Map.of("data", Map.of(key, memory))));
    }

    private void create(RateMatcher matcher, String key, String memory) {
        var whole = new ConfigMapBuilder(empty(matcher)).addToData(key, memory).build();
        try {
            var _ = client.resource(whole).create();
        } catch (KubernetesClientException e) {
            throw unlessForbidden(e, matcher, "written");
        }
    }

    private static ConfigMap empty(RateMatcher matcher) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name(matcher))
                .withNamespace(matcher.getMetadata().getNamespace())
                .addToLabels("app.kubernetes.io/managed-by", Api.FIELD_MANAGER)
                .addNewOwnerReference()
                .withApiVersion(matcher.getApiVersion())
                .withKind(matcher.getKind())
                .withName(matcher.getMetadata().getName())
                .withUid(matcher.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .build();
    }

    /// What is forbidden stays so until somebody grants it, and must be said.
    private static RuntimeException unlessForbidden(
            KubernetesClientException e, RateMatcher matcher, String verb) {
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
            return e;
        }
        var status = e.getStatus();
        return new RefusedException(
                "MemoryForbidden",
                "ConfigMap %s, which the next start goes on from, cannot be %s: %s; upgrade the chart, which grants it."
                        .formatted(
                                name(matcher),
                                verb,
                                status == null ? e.getMessage() : status.getMessage()));
    }
}
