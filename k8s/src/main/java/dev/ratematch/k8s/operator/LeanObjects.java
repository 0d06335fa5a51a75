package dev.ratematch.k8s.operator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.ratematch.k8s.fleet.TargetView;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.util.Map;

/// How the operator reads objects of the API server. `managedFields` name every field that each
/// writer owns, a tree that is larger than the rest of most objects; all that is asked of it is
/// whether the replica count is among them ([TargetView]), so that is all that is kept.
final class LeanObjects {

    private LeanObjects() {}

    /// One for all clients of a process: what it learns about classes takes megabytes too.
    static KubernetesSerialization serialization() {
        var mapper = new ObjectMapper();
        mapper.registerModule(
                new SimpleModule("lean").addDeserializer(FieldsV1.class, new OwnedFields()));
        return new KubernetesSerialization(mapper, true);
    }

    private static final class OwnedFields extends JsonDeserializer<FieldsV1> {

        @Override
        public FieldsV1 deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            boolean counts = false;
            int depth = 0;
            var token = parser.currentToken();
            do {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (token == JsonToken.FIELD_NAME) {
                    counts |= TargetView.REPLICAS.equals(parser.currentName());
                }
            } while (depth > 0 && (token = parser.nextToken()) != null);
            var fields = new FieldsV1();
            if (counts) {
                fields.setAdditionalProperty(TargetView.REPLICAS, Map.of());
            }
            return fields;
        }
    }
}
