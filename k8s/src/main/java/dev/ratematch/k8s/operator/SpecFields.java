package dev.ratematch.k8s.operator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.controller.filter.UnknownField;
import dev.ratematch.controller.spec.Switching.Actuation;
import dev.ratematch.controller.telemetry.dialect.Detection;
import dev.ratematch.costmodel.units.Names;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The spec of a RateMatcher in the fields of a service line, by which every host reads a service:
/// the operator, and the commands that take the object as a file.
public final class SpecFields {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private static final double MILLIS = 1e3;

    private static final String AUTO = "auto";

    /// Names of fields: in a service line, and in the object where they differ.
    private static final Map<String, String> NAMES = names();

    /// Fields of a role that are those of all workers where roles share a target.
    private static final List<String> SHARED =
            List.of(
                    "gpusPerReplica",
                    "parallelism",
                    "maxBatchedTokens",
                    "maxSequences",
                    "leadTime");

    /// What a refusal of a service line begins with: the field, then its value or what it lacks.
    private static final Pattern REFUSED =
            Pattern.compile("^([a-z][\\w.\\[\\]]*) (?:\\(|\"|is missing)");

    private SpecFields() {}

    private static Map<String, String> names() {
        var names = new LinkedHashMap<String, String>();
        names.put("gpu", "accelerator");
        names.put("kv_dtype", "kvDtype");
        names.put("engine", "telemetry.engine");
        names.put("slo.ttft_ms", "slo.ttft");
        names.put("slo.itl_ms", "slo.itl");
        names.put("budget_gpus", "budget.gpus");
        names.put("min_budget_gpus", "budget.minGpus");
        names.put("kv_link.gb_s_per_gpu", "kvLink.gbPerSecondPerGpu");
        names.put("kv_link.mode", "kvLink.mode");
        names.put("kv_link", "kvLink");
        names.put("all_reduce_floor_us", "allReduceFloorMicroseconds");
        names.put("switching.at_once", "workers.switch.maxConcurrentSwitches");
        for (String role : List.of("prefill", "decode")) {
            names.put(role + ".gpus", role + ".gpusPerReplica");
            names.put(role + ".parallel", role + ".parallelism");
            names.put(role + ".min", role + ".minReplicas");
            names.put(role + ".max", role + ".maxReplicas");
            names.put(role + ".lead_time_s", role + ".leadTime");
            names.put(role + ".drain_s", role + ".drain.usual");
            names.put(role + ".max_batched_tokens", role + ".maxBatchedTokens");
            names.put(role + ".max_seqs", role + ".maxSequences");
        }
        return names;
    }

    /// What a field of a service line is called in a RateMatcher, `spec.` in front.
    public static String inSpec(String field) {
        return "spec." + NAMES.getOrDefault(field, field);
    }

    /// The same in a RateMatcher of workers, where both roles share what instances are.
    public static String inWorkers(String refusal) {
        String named = refusal;
        for (String role : List.of("prefill", "decode")) {
            named = named.replace("spec." + role + ".", "spec.workers." + role + ".");
            for (String shared : SHARED) {
                named =
                        named.replace(
                                "spec.workers." + role + "." + shared, "spec.workers." + shared);
            }
        }
        return named;
    }

    /// A refusal of the service line that was made of a spec, in the spec's own names.
    public static String said(String refusal) {
        var named = REFUSED.matcher(refusal);
        return named.find() ? inSpec(named.group(1)) + refusal.substring(named.end(1)) : refusal;
    }

    /// The fields of the service line that a RateMatcher stands for.
    ///
    /// @param object the RateMatcher, as JSON
    /// @param unknown takes the fields of the spec that no RateMatcher has
    /// @throws IllegalArgumentException naming the field that is wrong
    public static ObjectNode of(JsonNode object, List<UnknownField> unknown) {
        var reader =
                JSON.readerFor(RateMatcherSpec.class).withHandler(new Unknown("spec", unknown));
        try {
            RateMatcherSpec spec = reader.readValue(object.path("spec"));
            if (spec == null) {
                throw new IllegalArgumentException("spec is missing; it describes the service.");
            }
            return of(spec);
        } catch (JsonMappingException e) {
            String path =
                    e.getPath().stream()
                            .map(at -> at.getFieldName() == null ? "" : "." + at.getFieldName())
                            .collect(Collectors.joining());
            throw new IllegalArgumentException(
                    "spec%s (%s) has the wrong type; see docs/crd.md."
                            .formatted(path, object.path("spec").at(path.replace('.', '/'))),
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "spec cannot be read: %s.".formatted(e.getMessage()), e);
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// The same of a spec that is read already. What it does not say stays out.
    ///
    /// @throws RefusedException naming the duration that is none
    static ObjectNode of(RateMatcherSpec given) {
        var spec = given.expanded();
        var node = JSON.createObjectNode();
        node.put("ratematch", 1);
        node.put("model", spec.model());
        node.put("gpu", spec.accelerator());
        node.put("precision", spec.precision());
        node.put("kv_dtype", spec.kvDtype());
        var telemetry = spec.telemetry();
        String engine = telemetry == null ? null : telemetry.engine();
        node.put("engine", engine == null || engine.equals(AUTO) ? null : Detection.priced(engine));
        var slo = spec.slo();
        if (slo != null) {
            node.putObject("slo")
                    .put("ttft_ms", millis("spec.slo.ttft", slo.ttft()))
                    .put("itl_ms", millis("spec.slo.itl", slo.itl()))
                    .put("percentile", slo.percentile());
        }
        var budget = spec.budget();
        node.put("budget_gpus", budget == null ? null : budget.gpus());
        node.put("min_budget_gpus", budget == null ? null : budget.minGpus());
        var link = spec.kvLink();
        if (link != null) {
            node.putObject("kv_link")
                    .put("gb_s_per_gpu", link.gbPerSecondPerGpu())
                    .put("mode", link.mode());
        }
        node.put("all_reduce_floor_us", spec.allReduceFloorMicroseconds());
        pool(node, "prefill", spec.prefill());
        pool(node, "decode", spec.decode());
        var workers = spec.workers();
        if (workers != null) {
            // A pod that is started comes up in the role of the template, whoever asked for it.
            node.put("actuation", Actuation.SWITCH.label());
            var of = workers.switching();
            node.putObject("switching")
                    .put("at_once", of == null ? null : of.maxConcurrentSwitches());
        }
        node.set("options", JSON.valueToTree(spec.options()));
        node.set("behavior", JSON.valueToTree(spec.behavior()));
        return stated(node);
    }

    private static @Nullable Double millis(String field, @Nullable String time) {
        var seconds = Durations.secondsOrNull(field, time);
        return seconds == null ? null : (Double) (MILLIS * seconds);
    }

    private static void pool(ObjectNode node, String role, @Nullable RoleSpec spec) {
        if (spec == null) {
            return;
        }
        var drain = spec.drain();
        String usual = drain == null ? null : drain.usual();
        node.putObject(role)
                .put("gpus", spec.gpusPerReplica())
                .put("parallel", spec.parallelism())
                .put("min", spec.minReplicas())
                .put("max", spec.maxReplicas())
                .put(
                        "lead_time_s",
                        Durations.secondsOrNull(inSpec(role + ".lead_time_s"), spec.leadTime()))
                .put("drain_s", Durations.secondsOrNull(inSpec(role + ".drain_s"), usual))
                .put("max_batched_tokens", spec.maxBatchedTokens())
                .put("max_seqs", spec.maxSequences());
    }

    private static ObjectNode stated(ObjectNode node) {
        node.properties()
                .removeIf(
                        field ->
                                field.getValue().isNull()
                                        || (field.getValue() instanceof ObjectNode inner
                                                && stated(inner).isEmpty()));
        return node;
    }

    /// Collects what no RateMatcher has, and reads on.
    private static final class Unknown extends DeserializationProblemHandler {

        private final String top;
        private final List<UnknownField> found;

        Unknown(String top, List<UnknownField> found) {
            this.top = top;
            this.found = found;
        }

        @Override
        public boolean handleUnknownProperty(
                DeserializationContext context,
                JsonParser parser,
                @Nullable JsonDeserializer<?> reader,
                Object beanOrClass,
                String name)
                throws IOException {
            String path =
                    top + parser.getParsingContext().pathAsPointer().toString().replace('/', '.');
            String parent = path.substring(0, path.length() - name.length());
            Collection<Object> known = reader == null ? null : reader.getKnownPropertyNames();
            String nearest =
                    known == null
                            ? ""
                            : Names.nearest(
                                    name,
                                    new TreeSet<>(known.stream().map(String::valueOf).toList()));
            found.add(new UnknownField(path, parent + nearest));
            parser.skipChildren();
            return true;
        }
    }
}
