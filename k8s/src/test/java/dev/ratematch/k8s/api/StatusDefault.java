package dev.ratematch.k8s.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;

/// The status of a RateMatcher that no operator has read: the API server shows it until one writes
/// another. No annotation of the generator takes an object.
final class StatusDefault {

    private static final ObjectMapper JSON = new ObjectMapper();

    private StatusDefault() {}

    /// Writes it into the schema of a RateMatcher.
    static void write(JSONSchemaProps schema) {
        var status = schema.getProperties().get("status");
        if (status == null || !status.getProperties().containsKey("conditions")) {
            return;
        }
        status.setDefault(JSON.createObjectNode().put("reason", "NotReadYet"));
        ObjectNode ready =
                JSON.createObjectNode()
                        .put("type", "Ready")
                        .put("status", "Unknown")
                        .put("reason", "NotReadYet")
                        .put("message", "No operator has read it yet.")
                        .put("lastTransitionTime", "1970-01-01T00:00:00Z");
        status.getProperties().get("conditions").setDefault(JSON.createArrayNode().add(ready));
    }
}
