package dev.ratematch.k8s.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.ratematch.controller.telemetry.dialect.Catalogue;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.costmodel.units.Names;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Fields of a spec that take one of the code's own names, and the names, so that the API server
/// refuses others at once. Annotations take constants only. The model is no such field: a Hugging
/// Face id may be read from elsewhere, and a name that is not known is answered with the nearest.
final class ClosedLists {

    /// By the path below `spec`.
    static final Map<String, List<String>> FIELDS =
            Map.of(
                    "accelerator",
                    Accelerators.all().stream().map(Accelerator::name).toList(),
                    "precision",
                    Names.of(Precision.values()),
                    "kvDtype",
                    Names.of(KvDtype.values()),
                    "kvLink.mode",
                    Names.of(KvLink.Mode.values()),
                    "telemetry.engine",
                    Stream.concat(Stream.of(Catalogue.AUTO), Catalogue.shipped().engines().stream())
                            .toList());

    private ClosedLists() {}

    /// Writes them into the fields that a spec has of them.
    static void write(@Nullable JSONSchemaProps spec) {
        FIELDS.forEach(
                (path, names) -> {
                    var field = at(spec, path);
                    if (field != null) {
                        field.setEnum(names.stream().<JsonNode>map(TextNode::valueOf).toList());
                    }
                });
    }

    /// The field at a path; null where the spec has none.
    static @Nullable JSONSchemaProps at(@Nullable JSONSchemaProps spec, String path) {
        var field = spec;
        for (String name : path.split("\\.", -1)) {
            field = field == null ? null : field.getProperties().get(name);
        }
        return field;
    }
}
