package dev.ratematch.cli.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ratematch.cli.OptionValues;
import dev.ratematch.cli.Seconds;
import dev.ratematch.cli.ServiceFile;
import dev.ratematch.controller.filter.ServiceLines;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.service.ServiceRequest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What is served and promised: a file with the fields of the step protocol's service line, options
/// that stand before it, or both.
final class ServiceOptions {

    private static final double MILLIS = 1e3;

    @Option(
            names = "--service",
            paramLabel = "FILE",
            description =
                    "YAML or JSON with the service's fields (docs/step.md); options go before it.")
    private @Nullable Path file;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description =
                    "Model of the catalogue, or a Hugging Face id. Default: the one that the pods'"
                            + " labels name, where they name one of the catalogue.")
    private @Nullable String model;

    @Option(names = "--gpu", paramLabel = "NAME", description = "GPU, such as b200 or gb200.")
    private @Nullable String gpu;

    @Option(
            names = "--ttft",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description = "Promised time to first token, such as 2s.")
    private @Nullable Seconds ttft;

    @Option(
            names = "--itl",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description = "Promised time between tokens, such as 25ms.")
    private @Nullable Seconds itl;

    @Option(
            names = "--percentile",
            paramLabel = "PERCENT",
            description = "Share of requests that must meet both. Default: 95.")
    private @Nullable Double percentile;

    @Option(
            names = "--gpus",
            paramLabel = "N",
            description = "GPUs that both pools together may hold.")
    private @Nullable Integer budget;

    @Option(
            names = "--prefill-parallel",
            paramLabel = "NAME",
            description =
                    "How one prefill replica is spread over GPUs: tp2, tep8, dep16, tp4pp2."
                            + " Default: tp of --prefill-gpus.")
    private @Nullable String prefillParallel;

    @Option(names = "--decode-parallel", paramLabel = "NAME", description = "The same of decode.")
    private @Nullable String decodeParallel;

    @Option(
            names = "--prefill-gpus",
            paramLabel = "N",
            description =
                    "GPUs of one prefill replica, where --prefill-parallel is not known. Default:"
                            + " what its pods request or show; else the fewest that fit.")
    private @Nullable Integer prefillGpus;

    @Option(names = "--decode-gpus", paramLabel = "N", description = "The same of decode.")
    private @Nullable Integer decodeGpus;

    @Option(names = "--min-prefill", paramLabel = "N", description = "Fewest replicas. Default: 1.")
    private @Nullable Integer minPrefill;

    @Option(
            names = "--max-prefill",
            paramLabel = "N",
            description = "Most replicas. Default: what the budget leaves.")
    private @Nullable Integer maxPrefill;

    @Option(names = "--min-decode", paramLabel = "N", description = "Fewest replicas. Default: 1.")
    private @Nullable Integer minDecode;

    @Option(
            names = "--max-decode",
            paramLabel = "N",
            description = "Most replicas. Default: what the budget leaves.")
    private @Nullable Integer maxDecode;

    @Option(
            names = "--lead-time",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description = "From a command to a serving replica. Default: 60s.")
    private @Nullable Seconds leadTime;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description = "bf16, fp8 or nvfp4. Default: nvfp4 where the GPU computes it, else fp8.")
    private @Nullable String precision;

    @Option(
            names = "--kv-dtype",
            paramLabel = "NAME",
            description = "Type of the KV cache: bf16 or fp8. Default: fp8.")
    private @Nullable String kv;

    @Option(
            names = "--kv-link",
            paramLabel = "GB/S",
            description = "KV bandwidth of one GPU's NIC, one way. Default: its network adapter.")
    private @Nullable Double link;

    @Option(
            names = "--transfer-mode",
            paramLabel = "MODE",
            description = "When KV moves: pull, push, layerwise. Default: pull.")
    private @Nullable String transfer;

    @Mixin private OptionValues law = new OptionValues();

    /// The model's name as given here; empty where it is not.
    String model() {
        return model == null ? "" : model;
    }

    /// Whether nothing says which model it is.
    boolean unnamed() {
        return model == null && !filed("model");
    }

    /// Takes a model for the one that nobody named.
    void assume(String name) {
        model = name;
    }

    /// Whether nothing says how many GPUs a replica has.
    boolean unsized(Role role) {
        boolean given =
                role == Role.PREFILL
                        ? prefillParallel != null || prefillGpus != null
                        : decodeParallel != null || decodeGpus != null;
        return !given && !filed(role.label(), "parallel") && !filed(role.label(), "gpus");
    }

    /// Whether the file says it. One that cannot be read says everything: whoever needs it will say
    /// what is wrong with it.
    private boolean filed(String... path) {
        if (file == null) {
            return false;
        }
        try {
            JsonNode at = ServiceFile.read(file);
            for (String name : path) {
                at = at.path(name);
            }
            return !at.isMissingNode() && !at.isNull();
        } catch (IllegalArgumentException _) {
            return true;
        }
    }

    /// Takes so many GPUs for those that nobody gave.
    void assume(Role role, int gpus) {
        if (role == Role.PREFILL) {
            prefillGpus = gpus;
        } else {
            decodeGpus = gpus;
        }
    }

    /// Whether so much is given that a service can be made of it.
    boolean complete() {
        return file != null
                || (model != null && gpu != null && ttft != null && itl != null && budget != null);
    }

    /// The service asked for.
    ///
    /// @param engine by the cost model's name; empty to leave it to the file
    /// @param unknown takes the names of the file's fields that mean nothing
    /// @throws IllegalArgumentException naming what is missing or wrong
    ServiceRequest request(String engine, List<String> unknown) {
        var node = file == null ? JsonNodeFactory.instance.objectNode() : ServiceFile.read(file);
        node.put("ratematch", 1);
        text(node, "model", model);
        text(node, "gpu", gpu);
        text(node, "precision", precision);
        text(node, "kv_dtype", kv);
        text(node, "engine", engine.isEmpty() ? null : engine);
        whole(node, "budget_gpus", budget);
        var slo = object(node, "slo");
        number(slo, "ttft_ms", ttft == null ? null : (Double) (MILLIS * ttft.value()));
        number(slo, "itl_ms", itl == null ? null : (Double) (MILLIS * itl.value()));
        number(slo, "percentile", percentile);
        var kvLink = object(node, "kv_link");
        number(kvLink, "gb_s_per_gpu", link);
        text(kvLink, "mode", transfer);
        pool(object(node, "prefill"), prefillParallel, prefillGpus, minPrefill, maxPrefill);
        pool(object(node, "decode"), decodeParallel, decodeGpus, minDecode, maxDecode);
        law.into(node);
        missing(node);
        return ServiceLines.read(node, unknown);
    }

    private void pool(
            ObjectNode pool,
            @Nullable String parallel,
            @Nullable Integer gpus,
            @Nullable Integer min,
            @Nullable Integer max) {
        text(pool, "parallel", parallel);
        whole(pool, "gpus", gpus);
        whole(pool, "min", min);
        whole(pool, "max", max);
        number(pool, "lead_time_s", leadTime == null ? null : (Double) leadTime.value());
    }

    private static void missing(ObjectNode node) {
        var needed = new LinkedHashMap<String, Boolean>();
        needed.put("--model", node.hasNonNull("model"));
        needed.put("--gpu", node.hasNonNull("gpu"));
        needed.put("--ttft", node.path("slo").hasNonNull("ttft_ms"));
        needed.put("--itl", node.path("slo").hasNonNull("itl_ms"));
        needed.put("--gpus", node.hasNonNull("budget_gpus"));
        var missing =
                needed.entrySet().stream().filter(e -> !e.getValue()).map(e -> e.getKey()).toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s %s missing; the service is --model --gpu --ttft --itl --gpus, or a"
                                    .formatted(
                                            String.join(", ", missing),
                                            missing.size() == 1 ? "is" : "are")
                            + " --service file with them.");
        }
    }

    private static ObjectNode object(ObjectNode node, String name) {
        if (node.hasNonNull(name) && !node.get(name).isObject()) {
            throw new IllegalArgumentException(
                    "%s (%s) must be an object.".formatted(name, node.get(name)));
        }
        return node.hasNonNull(name) ? (ObjectNode) node.get(name) : node.putObject(name);
    }

    private static void text(ObjectNode node, String name, @Nullable String value) {
        if (value != null) {
            node.put(name, value);
        }
    }

    private static void number(ObjectNode node, String name, @Nullable Double value) {
        if (value != null) {
            node.put(name, value);
        }
    }

    private static void whole(ObjectNode node, String name, @Nullable Integer value) {
        if (value != null) {
            node.put(name, value);
        }
    }
}
