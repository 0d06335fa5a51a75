package dev.ratematch.k8s.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// `docs/crd.md` is the committed schemas, in words.
class CrdPageTest {

    private static final Path CRDS = Path.of("../deploy/crds");
    private static final Path PAGE = Path.of("../docs/crd.md");

    /// `-Dratematch.crds=write` writes the page.
    @Test
    void thePageSaysWhatTheSchemasSay() throws IOException {
        var page =
                new StringBuilder(
                        """
                        # Reference: RateMatcher and GpuPool

                        Group `ratematch.dev`, version `v1alpha1`. Made from [deploy/crds](../deploy/crds) by a
                        test; how to use them is in [operator.md](operator.md). Fields in bold must be given.
                        """);
        for (String plural : List.of("ratematchers", "gpupools")) {
            var crd =
                    Serialization.unmarshal(
                            Files.readString(CRDS.resolve(plural + ".yaml")),
                            CustomResourceDefinition.class);
            describe(crd, page);
        }
        if ("write".equals(System.getProperty("ratematch.crds"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("run: mvn -pl k8s -am test -Dtest=CrdPageTest -Dratematch.crds=write")
                .hasContent(page.toString());
    }

    private static void describe(CustomResourceDefinition crd, StringBuilder page) {
        var names = crd.getSpec().getNames();
        var schema = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
        page.append(
                "%n## %s%n%n%s; `kubectl get %s`, short `%s`.%n%n"
                        .formatted(
                                names.getKind(),
                                crd.getSpec().getScope(),
                                names.getPlural(),
                                names.getShortNames().getFirst()));
        page.append("| field | type | default | meaning |\n|---|---|---|---|\n");
        fields("", part(schema, "spec"), true, page);
        var refusals = new TreeSet<String>();
        refusals(part(schema, "spec"), refusals);
        if (!refusals.isEmpty()) {
            page.append("\nRefused, with these words (values in place of the names):\n\n");
            refusals.forEach(refusal -> page.append("- ").append(refusal).append('\n'));
        }
        page.append("\n### Status of a %s%n%n".formatted(names.getKind()));
        page.append("| field | type | meaning |\n|---|---|---|\n");
        fields("", part(schema, "status"), false, page);
    }

    private static JSONSchemaProps part(JSONSchemaProps schema, String name) {
        return Objects.requireNonNull(schema.getProperties().get(name), name);
    }

    private static void fields(
            String path, JSONSchemaProps parent, boolean defaults, StringBuilder page) {
        for (Map.Entry<String, JSONSchemaProps> entry : parent.getProperties().entrySet()) {
            var field = entry.getValue();
            String name = path + entry.getKey();
            boolean list = field.getItems() != null;
            String shown = required(parent).contains(entry.getKey()) ? "**" + name + "**" : name;
            String fallback = field.getDefault() == null ? "" : field.getDefault().asText() + " ";
            page.append("| ").append(shown).append(" | ").append(type(field)).append(" | ");
            if (defaults) {
                page.append(fallback).append("| ");
            }
            page.append(field.getDescription()).append(" |\n");
            var children = list ? field.getItems().getSchema() : field;
            if (children.getProperties() != null) {
                fields(name + (list ? "[]." : "."), children, defaults, page);
            }
        }
    }

    private static String type(JSONSchemaProps field) {
        if (field.getEnum() != null && !field.getEnum().isEmpty()) {
            return String.join(" or ", field.getEnum().stream().map(e -> e.asText()).toList());
        }
        String range = "";
        if (field.getMinimum() != null) {
            range = " ≥ " + number(field.getMinimum());
        }
        if (field.getMaximum() != null) {
            range += ", ≤ " + number(field.getMaximum());
        }
        return field.getType() + range;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static List<String> required(JSONSchemaProps schema) {
        return schema.getRequired() == null ? List.of() : schema.getRequired();
    }

    private static void refusals(JSONSchemaProps schema, Set<String> found) {
        var rules = schema.getXKubernetesValidations();
        for (var rule : rules == null ? List.<ValidationRule>of() : rules) {
            found.add(words(rule));
        }
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(child -> refusals(child, found));
        }
    }

    /// A message as it is, or the literals of the expression that makes it, `…` between them.
    private static String words(ValidationRule rule) {
        if (rule.getMessage() != null) {
            return rule.getMessage();
        }
        var words = new ArrayList<String>();
        var parts = rule.getMessageExpression().split("'", -1);
        for (int i = 1; i < parts.length; i += 2) {
            if (!parts[i].isBlank()) {
                words.add(parts[i].strip());
            }
        }
        String text =
                String.join(" … ", words)
                        .replace("( … )", "(…)")
                        .replace("%d", "…")
                        .replace("%s", "…");
        return parts[parts.length - 1].startsWith(" +") ? text + " …" : text;
    }
}
