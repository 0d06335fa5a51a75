package dev.ratematch.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.ratematch.controller.filter.ServiceLines;
import dev.ratematch.controller.filter.UnknownField;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.k8s.operator.SpecFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What `--service FILE` says, as YAML or JSON: the fields of the step protocol's service line, or
/// a RateMatcher, which is read into the same fields. Options of a command line are put over them.
public final class ServiceFile {

    /// Of the option, in every command that takes a whole service from it.
    static final String DESCRIPTION =
            "The service as YAML or JSON: a RateMatcher (docs/crd.md) or the fields of a "
                    + "service line (docs/step.md). Options override it.";

    private static final YAMLMapper YAML =
            YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

    private static final String KIND = "RateMatcher";

    private final @Nullable Path file;
    private final boolean matcher;
    private final ObjectNode fields;
    private final Set<String> stated;
    private final List<UnknownField> unknown;

    private ServiceFile(
            @Nullable Path file, boolean matcher, ObjectNode fields, List<UnknownField> unknown) {
        this.file = file;
        this.matcher = matcher;
        this.fields = fields;
        this.stated = leaves(fields);
        this.unknown = unknown;
    }

    /// The file, or one that says nothing where there is none.
    ///
    /// @throws IllegalArgumentException naming the file and what is wrong with it
    public static ServiceFile read(@Nullable Path file) {
        if (file == null) {
            return new ServiceFile(
                    null, false, JsonNodeFactory.instance.objectNode(), new ArrayList<>());
        }
        var documents = documents(file);
        var matchers = documents.stream().filter(ServiceFile::isMatcher).toList();
        if (matchers.size() > 1) {
            throw new IllegalArgumentException(
                    "--service (%s) contains %d RateMatchers; it must contain one."
                            .formatted(file, matchers.size()));
        }
        var unknown = new ArrayList<UnknownField>();
        if (matchers.size() == 1) {
            try {
                var fields = SpecFields.of(matchers.getFirst(), unknown);
                return new ServiceFile(file, true, fields, unknown);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "--service (%s): %s".formatted(file, e.getMessage()), e);
            }
        }
        if (documents.size() != 1 || !(documents.getFirst() instanceof ObjectNode object)) {
            throw new IllegalArgumentException(
                    "--service (%s) must be one object of fields, such as model: llama-3.1-70b, or a RateMatcher."
                            .formatted(file));
        }
        if (object.has("kind")) {
            throw new IllegalArgumentException(
                    "--service (%s): kind (%s) must be RateMatcher; a service line has no kind."
                            .formatted(file, object.path("kind").asText()));
        }
        return new ServiceFile(file, false, object, unknown);
    }

    private static boolean isMatcher(JsonNode document) {
        return document.path("kind").asText().equals(KIND);
    }

    private static List<JsonNode> documents(Path file) {
        try (var each = YAML.readerFor(JsonNode.class).readValues(Files.readString(file))) {
            var all = new ArrayList<JsonNode>();
            while (each.hasNextValue()) {
                var next = (JsonNode) each.nextValue();
                if (next != null && !next.isNull()) {
                    all.add(next);
                }
            }
            return all;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("--service (%s) does not exist.".formatted(file), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "--service (%s), line %d, is neither YAML nor JSON: %s"
                            .formatted(
                                    file,
                                    e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                                    e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--service (%s) cannot be read: %s.".formatted(file, e), e);
        }
    }

    private static Set<String> leaves(ObjectNode node) {
        var names = new LinkedHashSet<String>();
        node.properties()
                .forEach(
                        field -> {
                            String name = field.getKey();
                            boolean law = name.equals("options") || name.equals("behavior");
                            if (field.getValue() instanceof ObjectNode inner && !law) {
                                leaves(inner).forEach(leaf -> names.add(name + "." + leaf));
                            } else if (!field.getValue().isNull()) {
                                names.add(name);
                            }
                        });
        return names;
    }

    /// Whether the file says anything of that field, `prefill.gpus` for instance.
    public boolean states(String field) {
        return stated.contains(field);
    }

    /// The fields, to put options over.
    public ObjectNode fields() {
        return fields;
    }

    /// Whether a field is said, by the file or by what was put over it.
    public boolean has(String field) {
        return fields.at("/" + field.replace('.', '/')).isValueNode()
                && !fields.at("/" + field.replace('.', '/')).isNull();
    }

    /// Puts a text over what the file says; null leaves that.
    public ServiceFile text(String field, @Nullable String value) {
        if (value != null) {
            parent(field).put(last(field), value);
        }
        return this;
    }

    /// Puts a number over what the file says; null leaves that.
    public ServiceFile number(String field, @Nullable Double value) {
        if (value != null) {
            parent(field).put(last(field), value);
        }
        return this;
    }

    /// Puts a whole number over what the file says; null leaves that.
    public ServiceFile whole(String field, @Nullable Integer value) {
        if (value != null) {
            parent(field).put(last(field), value);
        }
        return this;
    }

    /// Puts the spread of a role's replicas over what the file says: its name and its GPUs are two
    /// ways to say one thing, so that either replaces both.
    public ServiceFile spread(String role, @Nullable String parallel, @Nullable Integer gpus) {
        if (parallel != null || gpus != null) {
            parent(role + ".").remove(List.of("parallel", "gpus"));
        }
        return text(role + ".parallel", parallel).whole(role + ".gpus", gpus);
    }

    private ObjectNode parent(String field) {
        int dot = field.indexOf('.');
        if (dot < 0) {
            return fields;
        }
        String name = field.substring(0, dot);
        var value = fields.get(name);
        if (value instanceof ObjectNode object) {
            return object;
        }
        if (value != null && !value.isNull()) {
            throw new IllegalArgumentException("%s (%s) must be an object.".formatted(name, value));
        }
        return fields.putObject(name);
    }

    private static String last(String field) {
        return field.substring(field.indexOf('.') + 1);
    }

    /// The service of all that is said by now.
    ///
    /// @param command who asks, for what is said
    /// @param used whether the command has a use for a field, by its name in a service line
    /// @param say told in a sentence each of what the file has and nobody reads
    /// @throws IllegalArgumentException naming what is missing or wrong
    ServiceRequest request(String command, Predicate<String> used, Consumer<String> say) {
        var others = new ArrayList<>(unknown);
        try {
            ServiceLines.read(completed(), others);
        } catch (IllegalArgumentException e) {
            // Said below. A misspelt field is missing under its right name, and both have to be
            // said.
        }
        others.forEach(
                field ->
                        say.accept(
                                "--service: "
                                        + field.text(matcher ? "a RateMatcher" : "a service")));
        idle(command, used, others.stream().map(UnknownField::name).toList(), say);
        return read(fields);
    }

    /// The same of a file that need not say all of a service: stand-ins are in the place of what
    /// [#has] denies, and mean nothing.
    ServiceRequest partly(String command, Predicate<String> used, Consumer<String> say) {
        var all = new ServiceFile(file, matcher, completed(), unknown);
        all.stated.retainAll(stated);
        return all.request(command, used, say);
    }

    private ServiceRequest read(ObjectNode line) {
        try {
            if (!line.has("ratematch")) {
                line.put("ratematch", 1);
            }
            return ServiceLines.read(line, new ArrayList<>());
        } catch (IllegalArgumentException e) {
            throw matcher
                    ? new IllegalArgumentException(
                            named(SpecFields.said(String.valueOf(e.getMessage()))), e)
                    : e;
        }
    }

    /// In the names of workers, where the RateMatcher is one of those.
    private String named(String inSpec) {
        return fields.has("actuation") ? SpecFields.inWorkers(inSpec) : inSpec;
    }

    private ObjectNode completed() {
        var all = new ServiceFile(null, matcher, fields.deepCopy(), unknown);
        for (var field : List.of("model", "gpu")) {
            all.text(field, all.has(field) ? null : "unnamed");
        }
        for (var field : List.of("slo.ttft_ms", "slo.itl_ms")) {
            all.number(field, all.has(field) ? null : (Double) 1000.0);
        }
        all.whole("budget_gpus", all.has("budget_gpus") ? null : (Integer) 2);
        all.whole("ratematch", all.has("ratematch") ? null : (Integer) 1);
        return all.fields;
    }

    private void idle(
            String command, Predicate<String> used, List<String> others, Consumer<String> say) {
        var idle =
                stated.stream()
                        .filter(field -> !used.test(field) && !field.equals("ratematch"))
                        .filter(field -> !others.contains(field.split("\\.", 2)[0]))
                        .filter(field -> !others.contains(field))
                        .map(field -> matcher ? named(SpecFields.inSpec(field)) : field)
                        .toList();
        if (!idle.isEmpty()) {
            say.accept(
                    "--service (%s): %s does not use %s and ignores %s."
                            .formatted(file, command, and(idle), idle.size() == 1 ? "it" : "them"));
        }
    }

    private static String and(List<String> names) {
        int last = names.size() - 1;
        return last == 0
                ? names.getFirst()
                : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }
}
