package dev.ratematch.k8s.fleet;

import dev.ratematch.k8s.api.Api;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.TargetRef;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads and writes scale targets of any kind.
///
/// A write is a JSON patch that first tests the count that it was decided on, so that two writers
/// never overwrite each other unseen.
public final class TargetClient implements ScaleTargets {

    private static final Logger LOG = LoggerFactory.getLogger(TargetClient.class);

    private final KubernetesClient client;
    private final Function<Key, Optional<GenericKubernetesResource>> cache;
    private final Map<String, ResourceDefinitionContext> known = new ConcurrentHashMap<>();

    /// Where a target is.
    public record Key(String apiVersion, String kind, String namespace, String name) {}

    /// A client.
    ///
    /// @param cache objects that a watch keeps; what it does not know is asked of the API server
    public TargetClient(
            KubernetesClient client, Function<Key, Optional<GenericKubernetesResource>> cache) {
        this.client = client;
        this.cache = cache;
    }

    @Override
    public TargetView read(String namespace, RoleSpec role) {
        var ref = role.scaleTargetRef();
        var key = key(namespace, ref);
        try {
            var cached = cache.apply(key);
            var object = cached.isPresent() ? cached.get() : resource(key).get();
            if (object == null) {
                throw new TargetException(
                        "%s/%s does not exist in namespace %s"
                                .formatted(key.kind(), key.name(), namespace));
            }
            if (role.replicasPath() != null) {
                return new TargetView(
                        object, at(object, role.replicasPath()), orEmpty(role.selector()));
            }
            return viewed(key, object, role);
        } catch (KubernetesClientException e) {
            throw new TargetException(
                    "%s/%s cannot be read: %s".formatted(key.kind(), key.name(), brief(e)), e);
        }
    }

    private TargetView viewed(Key key, GenericKubernetesResource object, RoleSpec role) {
        String own =
                switch (key.kind()) {
                    case "Deployment", "StatefulSet" -> selector(object.get("spec", "selector"));
                    case "LeaderWorkerSet" -> "leaderworkerset.sigs.k8s.io/name=" + key.name();
                    default -> "";
                };
        if (!own.isEmpty() && object.get("spec", "replicas") instanceof Number replicas) {
            return new TargetView(
                    object, replicas.intValue(), role.selector() == null ? own : role.selector());
        }
        var scale = resource(key).scale();
        if (scale == null || scale.getSpec() == null) {
            throw new TargetException(
                    "%s/%s has no scale subresource; give replicasPath"
                            .formatted(key.kind(), key.name()));
        }
        int replicas = scale.getSpec().getReplicas() == null ? 0 : scale.getSpec().getReplicas();
        String selector = scale.getStatus() == null ? null : scale.getStatus().getSelector();
        return new TargetView(
                object, replicas, role.selector() == null ? orEmpty(selector) : role.selector());
    }

    @Override
    public long write(String namespace, RoleSpec role, int expected, int replicas) {
        var key = key(namespace, role.scaleTargetRef());
        boolean scales = role.replicasPath() == null;
        String path = scales ? "/spec/replicas" : role.replicasPath();
        var patch =
                List.of(
                        Map.of("op", "test", "path", orEmpty(path), "value", expected),
                        Map.of("op", "replace", "path", orEmpty(path), "value", replicas));
        var context =
                new PatchContext.Builder()
                        .withPatchType(PatchType.JSON)
                        .withFieldManager(Api.FIELD_MANAGER)
                        .build();
        try {
            var target = resource(key);
            String body = Json.text(patch);
            var after =
                    scales
                            ? target.subresource("scale").patch(context, body)
                            : target.patch(context, body);
            LOG.info(
                    "{}/{} {}: {} -> {} replicas",
                    namespace,
                    key.kind(),
                    key.name(),
                    expected,
                    replicas);
            return after == null ? 0 : Newest.version(after);
        } catch (KubernetesClientException e) {
            if (e.getCode() == 422 || e.getCode() == 409) {
                throw TargetException.raced(key.kind() + "/" + key.name(), expected, e);
            }
            throw new TargetException(
                    "%s/%s cannot be scaled: %s".formatted(key.kind(), key.name(), brief(e)), e);
        }
    }

    /// The right that a write of a count takes.
    ///
    /// @throws TargetException when the cluster does not serve the kind
    public Permissions.Right right(String namespace, RoleSpec role) {
        var key = key(namespace, role.scaleTargetRef());
        var kind = context(key.apiVersion(), key.kind());
        return new Permissions.Right(
                kind.getGroup(),
                kind.getPlural(),
                role.replicasPath() == null ? "scale" : "",
                namespace,
                key.name());
    }

    @Override
    public @Nullable Integer devices(String namespace, String template) {
        try {
            var object =
                    client.genericKubernetesResources(
                                    context("resource.k8s.io/v1", "ResourceClaimTemplate"))
                            .inNamespace(namespace)
                            .withName(template)
                            .get();
            if (object == null
                    || !(object.get("spec", "spec", "devices", "requests")
                            instanceof List<?> list)) {
                return null;
            }
            return GpuWidth.devices(list);
        } catch (KubernetesClientException e) {
            throw new TargetException(
                    "resource claim template %s cannot be read: %s".formatted(template, brief(e)),
                    e);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// Where a role's target is.
    public static Key key(String namespace, TargetRef ref) {
        return new Key(
                ref.apiVersion() == null ? "apps/v1" : ref.apiVersion(),
                ref.kind() == null ? "Deployment" : ref.kind(),
                namespace,
                ref.name());
    }

    private Resource<GenericKubernetesResource> resource(Key key) {
        return client.genericKubernetesResources(context(key.apiVersion(), key.kind()))
                .inNamespace(key.namespace())
                .withName(key.name());
    }

    private ResourceDefinitionContext context(String apiVersion, String kind) {
        return known.computeIfAbsent(apiVersion + "/" + kind, k -> discovered(apiVersion, kind));
    }

    private ResourceDefinitionContext discovered(String apiVersion, String kind) {
        var list = client.getApiResources(apiVersion);
        if (list == null) {
            throw new TargetException("The cluster serves no API %s".formatted(apiVersion));
        }
        return list.getResources().stream()
                .filter(r -> kind.equals(r.getKind()) && !r.getName().contains("/"))
                .findFirst()
                .map(
                        r ->
                                new ResourceDefinitionContext.Builder()
                                        .withGroup(group(apiVersion))
                                        .withVersion(version(apiVersion))
                                        .withKind(kind)
                                        .withPlural(r.getName())
                                        .withNamespaced(Boolean.TRUE.equals(r.getNamespaced()))
                                        .build())
                .orElseThrow(
                        () ->
                                new TargetException(
                                        "API %s has no kind %s".formatted(apiVersion, kind)));
    }

    private static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    private static String version(String apiVersion) {
        return apiVersion.substring(apiVersion.indexOf('/') + 1);
    }

    private static int at(GenericKubernetesResource object, String pointer) {
        var node = Json.at(object, pointer);
        if (node == null || !node.isInt()) {
            throw new TargetException(
                    "replicasPath (%s) of %s/%s holds no whole number"
                            .formatted(pointer, object.getKind(), object.getMetadata().getName()));
        }
        return node.intValue();
    }

    private static String selector(@Nullable Object selector) {
        if (selector == null) {
            return "";
        }
        var parsed = Json.as(selector, LabelSelector.class);
        return Selectors.text(parsed);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /// What the server said, without its stack of nested messages.
    static String brief(KubernetesClientException e) {
        var status = e.getStatus();
        String said = status == null ? null : status.getMessage();
        return said == null ? String.valueOf(e.getMessage()) : said;
    }
}
