package dev.ratematch.harness.roleswitch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;

/// An answer over HTTP.
///
/// @param status of HTTP
/// @param json the body
public record FakeReply(int status, String json) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /// Of a path that an engine does not have.
    public static final FakeReply NOT_FOUND = detail(404, "Not Found");

    static FakeReply of(int status, Map<String, ?> body) {
        try {
            return new FakeReply(status, JSON.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /// As FastAPI words what it turns away.
    static FakeReply detail(int status, String detail) {
        return of(status, Map.of("detail", detail));
    }

    /// A body as JSON; missing where it is none.
    static JsonNode parsed(String body) {
        try {
            var node = JSON.readTree(body);
            return node == null ? MissingNode.getInstance() : node;
        } catch (JsonProcessingException _) {
            return MissingNode.getInstance();
        }
    }
}
