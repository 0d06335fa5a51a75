package dev.ratematch.k8s.aot;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The objects of a cluster, by the paths that they are asked for at. Whatever is written is taken
/// as it comes: nothing is checked, and nobody acts on it.
final class Objects {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /// Group and version, namespace, plural, name, subresource.
    private static final Pattern PATH =
            Pattern.compile(
                    "/(?:api|apis/[^/]+)/[^/]+(?:/namespaces/([^/]+))?/([a-z]+)(?:/([^/]+))?(?:/([a-z]+))?");

    private static final Pattern API = Pattern.compile("/(?:api|apis/([^/]+))/([^/]+)");

    /// The kinds of one API, for who looks up the plural of one.
    private static final Map<String, Map<String, String>> APIS =
            Map.of(
                    "ratematch.dev/v1alpha1",
                    Map.of("RateMatcher", "ratematchers", "GpuPool", "gpupools"),
                    "apps/v1",
                    Map.of("Deployment", "deployments", "StatefulSet", "statefulsets"));

    private final Map<String, ObjectNode> all = new TreeMap<>();
    private int version = 1;

    /// An answer.
    ///
    /// @param code of HTTP
    record Answer(int code, JsonNode body) {}

    /// The service that `cluster.yaml` describes.
    ///
    /// @param metricsPort where its engines tell their metrics
    static Objects ofOneService(int metricsPort) {
        var objects = new Objects();
        try (var in = Objects.class.getResourceAsStream("cluster.yaml")) {
            if (in == null) {
                throw new IllegalStateException("cluster.yaml is not beside " + Objects.class);
            }
            String text = new String(in.readAllBytes(), UTF_8).replace("PORT", "" + metricsPort);
            JsonNode list = JSON.valueToTree(Serialization.unmarshal(text, Map.class));
            for (var item : list.get("items")) {
                objects.put((ObjectNode) item);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return objects;
    }

    private void put(ObjectNode item) {
        var meta = item.get("metadata");
        String plural = item.get("kind").asText().toLowerCase(Locale.ROOT) + "s";
        var _ =
                stored(
                        key(meta.path("namespace").asText(""), plural, meta.get("name").asText()),
                        item);
    }

    /// The object of a plural and a name, wherever it is; null for none.
    synchronized @Nullable JsonNode find(String plural, String name) {
        return all.entrySet().stream()
                .filter(e -> e.getKey().endsWith("/" + plural + "/" + name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /// Answers a request.
    ///
    /// @param body what was sent; empty for nothing
    synchronized Answer answer(String method, String path, String body) {
        var api = API.matcher(path);
        if (api.matches()) {
            String name = (api.group(1) == null ? "" : api.group(1) + "/") + api.group(2);
            var kinds = APIS.get(name);
            return kinds == null ? missing(path) : new Answer(200, resources(name, kinds));
        }
        var asked = PATH.matcher(path);
        if (!asked.matches()) {
            return missing(path);
        }
        return switch (method) {
            case "GET" -> asked.group(3) == null ? new Answer(200, list(asked)) : get(asked, path);
            case "POST" -> new Answer(201, stored(made(asked, body), permitted(object(body))));
            case "PUT", "PATCH" -> new Answer(200, changed(asked, object(body)));
            default -> new Answer(200, JSON.createObjectNode().put("kind", "Status"));
        };
    }

    private Answer get(Matcher asked, String path) {
        var found = all.get(key(asked));
        return found == null ? missing(path) : new Answer(200, found);
    }

    private ObjectNode list(Matcher asked) {
        var list = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
        list.putObject("metadata").put("resourceVersion", "" + version);
        var items = list.putArray("items");
        String in = asked.group(1) == null ? "" : asked.group(1);
        for (var each : all.entrySet()) {
            String parent = each.getKey().substring(0, each.getKey().lastIndexOf('/'));
            if (in.isEmpty()
                    ? parent.endsWith("/" + asked.group(2))
                    : parent.equals(in + "/" + asked.group(2))) {
                items.add(each.getValue());
            }
        }
        return list;
    }

    /// As a merge patch or a server-side apply; the operations of a JSON patch are passed over.
    private ObjectNode changed(Matcher asked, JsonNode body) {
        var object = all.getOrDefault(key(asked), JSON.createObjectNode()).deepCopy();
        if (body instanceof ObjectNode change) {
            merge(object, change);
        }
        return stored(key(asked), object);
    }

    private static void merge(ObjectNode into, ObjectNode change) {
        change.properties()
                .forEach(
                        field -> {
                            var old = into.get(field.getKey());
                            if (old instanceof ObjectNode before
                                    && field.getValue() instanceof ObjectNode after) {
                                merge(before, after);
                            } else {
                                into.set(field.getKey(), field.getValue());
                            }
                        });
    }

    private String made(Matcher asked, String body) {
        String name = object(body).path("metadata").path("name").asText("made-" + version);
        return key(asked.group(1) == null ? "" : asked.group(1), asked.group(2), name);
    }

    /// Whoever asks what he may do may do everything.
    private static JsonNode permitted(JsonNode asked) {
        var object = (ObjectNode) asked;
        if (object.path("kind").asText().startsWith("SelfSubject")) {
            var status = object.putObject("status").put("allowed", true).put("incomplete", false);
            var all = status.putArray("resourceRules").addObject();
            for (String what : List.of("verbs", "apiGroups", "resources")) {
                all.putArray(what).add("*");
            }
            status.putArray("nonResourceRules");
        }
        return object;
    }

    private ObjectNode stored(String key, JsonNode object) {
        var node = (ObjectNode) object;
        var meta = node.withObject("/metadata");
        meta.put("resourceVersion", "" + ++version);
        if (!meta.has("uid")) {
            meta.put("uid", "u-" + version);
        }
        meta.remove("managedFields");
        all.put(key, node);
        return node;
    }

    private static JsonNode object(String body) {
        try {
            return YAML.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode resources(String api, Map<String, String> kinds) {
        var list = JSON.createObjectNode().put("kind", "APIResourceList").put("groupVersion", api);
        var all = list.putArray("resources");
        new TreeMap<>(kinds)
                .forEach(
                        (kind, plural) -> {
                            var one = all.addObject().put("name", plural).put("kind", kind);
                            one.put("singularName", "").put("namespaced", true).putArray("verbs");
                        });
        return list;
    }

    private static Answer missing(String path) {
        return new Answer(
                404,
                JSON.createObjectNode()
                        .put("apiVersion", "v1")
                        .put("kind", "Status")
                        .put("status", "Failure")
                        .put("reason", "NotFound")
                        .put("code", 404)
                        .put("message", path + " not found"));
    }

    private static String key(Matcher asked) {
        return key(asked.group(1) == null ? "" : asked.group(1), asked.group(2), asked.group(3));
    }

    private static String key(String namespace, String plural, String name) {
        return namespace + "/" + plural + "/" + name;
    }
}
