package dev.ratematch.k8s.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.jspecify.annotations.Nullable;

/// Loose objects as typed ones.
final class Json {

    private static final KubernetesSerialization MAPPER = new KubernetesSerialization();

    private Json() {}

    /// @throws IllegalArgumentException when the value has another shape
    static <T> T as(Object value, Class<T> type) {
        return MAPPER.convertValue(value, type);
    }

    /// The value at a JSON pointer; null when there is none.
    static @Nullable JsonNode at(Object value, String pointer) {
        var node = as(value, JsonNode.class).at(pointer);
        return node.isMissingNode() ? null : node;
    }

    static String text(Object value) {
        return MAPPER.asJson(value);
    }
}
