package dev.ratematch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// The published schemas, `docs/schemas`.
public final class Schemas {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER =
            Path.of(System.getProperty("ratematch.root", "..")).resolve("docs/schemas");

    /// At the top of a plan, where there is something to say.
    private static final Set<String> OPTIONAL =
            Set.of("warning", "mixed", "runner_up", "colocated", "budget");

    private Schemas() {}

    /// One of them as JSON.
    public static JsonNode tree(String name) throws IOException {
        return JSON.readTree(Files.readString(FOLDER.resolve(name)));
    }

    /// One of them to validate by.
    public static JsonSchema of(String name) throws IOException {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(tree(name));
    }

    /// Valid, and neither with a key more nor, of those that are always there, with one less.
    public static void exact(JsonSchema schema, JsonNode answer) {
        assertThat(schema.validate(answer)).as("%s", answer).isEmpty();
        var more = ((ObjectNode) answer).deepCopy().put("more", 1);
        assertThat(schema.validate(more)).isNotEmpty();
        for (var name : answer.properties()) {
            var less = ((ObjectNode) answer).deepCopy();
            less.remove(name.getKey());
            assertThat(schema.validate(less).isEmpty())
                    .as("without %s", name.getKey())
                    .isEqualTo(OPTIONAL.contains(name.getKey()));
        }
    }
}
