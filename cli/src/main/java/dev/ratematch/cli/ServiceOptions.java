package dev.ratematch.cli;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.service.ServiceRequest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What is served and promised: a service file, options that go before it, or both.
public final class ServiceOptions {

    @Option(names = "--service", paramLabel = "FILE", description = ServiceFile.DESCRIPTION)
    private @Nullable Path file;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description =
                    "Model from the catalogue, or a Hugging Face id. Default: the model "
                            + "that the pods' labels name, if it is in the catalogue.")
    private @Nullable String model;

    @Option(names = "--gpu", paramLabel = "NAME", description = "GPU, such as b200 or gb200.")
    private @Nullable String gpu;

    @Option(
            names = "--ttft",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description = Vocabulary.TTFT)
    private @Nullable Seconds ttft;

    @Option(
            names = "--itl",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description = Vocabulary.ITL)
    private @Nullable Seconds itl;

    @Option(
            names = "--percentile",
            paramLabel = "PERCENT",
            description = "Percent of requests that must meet both targets. Default: 95.")
    private @Nullable Double percentile;

    @Option(names = "--gpus", paramLabel = "N", description = Vocabulary.GPUS)
    private @Nullable Integer budget;

    @Option(
            names = "--prefill-parallel",
            paramLabel = "NAME",
            description =
                    "Parallelism of one prefill replica: tp2, tep8, dep16, tp4pp2. "
                            + "Default: tp over --prefill-gpus.")
    private @Nullable String prefillParallel;

    @Option(
            names = "--decode-parallel",
            paramLabel = "NAME",
            description = "Parallelism of one decode replica. Default: tp over --decode-gpus.")
    private @Nullable String decodeParallel;

    @Option(
            names = "--prefill-gpus",
            paramLabel = "N",
            description =
                    "GPUs of one prefill replica, if --prefill-parallel is not given. "
                            + "Default: what its pods request or report, else the fewest that fit "
                            + "the model.")
    private @Nullable Integer prefillGpus;

    @Option(
            names = "--decode-gpus",
            paramLabel = "N",
            description =
                    "GPUs of one decode replica, if --decode-parallel is not given. Default: as for "
                            + "prefill.")
    private @Nullable Integer decodeGpus;

    @Option(
            names = "--min-prefill",
            paramLabel = "N",
            description = "Minimum prefill replicas. Default: 1.")
    private @Nullable Integer minPrefill;

    @Option(
            names = "--max-prefill",
            paramLabel = "N",
            description = "Maximum prefill replicas. Default: as many as the budget allows.")
    private @Nullable Integer maxPrefill;

    @Option(
            names = "--min-decode",
            paramLabel = "N",
            description = "Minimum decode replicas. Default: 1.")
    private @Nullable Integer minDecode;

    @Option(
            names = "--max-decode",
            paramLabel = "N",
            description = "Maximum decode replicas. Default: as many as the budget allows.")
    private @Nullable Integer maxDecode;

    @Option(
            names = "--lead-time",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description = "Time from a scale-up until the new replica serves. Default: 60s.")
    private @Nullable Seconds leadTime;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "Precision of the weights: bf16, fp8, nvfp4, mxfp4 or int4. "
                            + "Default: from the end of the model's name, such as -FP8, else as "
                            + "the model was first published.")
    private @Nullable String precision;

    @Option(
            names = "--kv-dtype",
            paramLabel = "NAME",
            description = "Type of the KV cache: bf16 or fp8. Default: fp8.")
    private @Nullable String kv;

    @Option(names = "--kv-link", paramLabel = "GB/S", description = Vocabulary.KV_LINK)
    private @Nullable Double link;

    @Option(names = "--transfer-mode", paramLabel = "MODE", description = Vocabulary.TRANSFER_MODE)
    private @Nullable String transfer;

    @Mixin private OptionValues law = new OptionValues();

    /// No option yet.
    public ServiceOptions() {}

    /// The model's name as given here; empty where it is not.
    public String model() {
        return model == null ? "" : model;
    }

    /// Whether nothing says which model it is.
    public boolean unnamed() {
        return model == null && !filed("model");
    }

    /// Takes a model for the one that nobody named.
    public void assume(String name) {
        model = name;
    }

    /// Whether nothing says how many GPUs a replica has.
    public boolean unsized(Role role) {
        boolean given =
                role == Role.PREFILL
                        ? prefillParallel != null || prefillGpus != null
                        : decodeParallel != null || decodeGpus != null;
        return !given && !filed(role.label() + ".parallel") && !filed(role.label() + ".gpus");
    }

    /// Whether the file says it. One that cannot be read says everything: whoever needs it will say
    /// what is wrong with it.
    private boolean filed(String field) {
        try {
            return ServiceFile.read(file).states(field);
        } catch (IllegalArgumentException _) {
            return true;
        }
    }

    /// Takes so many GPUs for those that nobody gave.
    public void assume(Role role, int gpus) {
        if (role == Role.PREFILL) {
            prefillGpus = gpus;
        } else {
            decodeGpus = gpus;
        }
    }

    /// Whether a service is named by a file.
    boolean filed() {
        return file != null;
    }

    /// Whether so much is given that a service can be made of it.
    public boolean complete() {
        return file != null
                || (model != null && gpu != null && ttft != null && itl != null && budget != null);
    }

    /// The service asked for.
    ///
    /// @param command who asks
    /// @param engine by the cost model's name; empty to leave it to the file
    /// @param say told in a sentence each of what the file has and nobody reads
    /// @throws IllegalArgumentException naming what is missing or wrong
    public ServiceRequest request(String command, String engine, Consumer<String> say) {
        return filled(engine).request(command, field -> !field.equals("state"), say);
    }

    /// The file with the options over it.
    ServiceFile filled(String engine) {
        var service = ServiceFile.read(file);
        service.text("model", model)
                .text("gpu", gpu)
                .text("precision", precision)
                .text("kv_dtype", kv)
                .text("engine", engine.isEmpty() ? null : engine)
                .whole("budget_gpus", budget)
                .number("slo.ttft_ms", Seconds.millis(ttft))
                .number("slo.itl_ms", Seconds.millis(itl))
                .number("slo.percentile", percentile)
                .number("kv_link.gb_s_per_gpu", link)
                .text("kv_link.mode", transfer);
        pool(service, "prefill", prefillParallel, prefillGpus, minPrefill, maxPrefill);
        pool(service, "decode", decodeParallel, decodeGpus, minDecode, maxDecode);
        law.into(service.fields());
        missing(service);
        return service;
    }

    private void pool(
            ServiceFile service,
            String role,
            @Nullable String parallel,
            @Nullable Integer gpus,
            @Nullable Integer min,
            @Nullable Integer max) {
        service.spread(role, parallel, gpus)
                .whole(role + ".min", min)
                .whole(role + ".max", max)
                .number(role + ".lead_time_s", leadTime == null ? null : leadTime.value());
    }

    private static void missing(ServiceFile service) {
        var needed = new LinkedHashMap<String, String>();
        needed.put("--model", "model");
        needed.put("--gpu", "gpu");
        needed.put("--ttft", "slo.ttft_ms");
        needed.put("--itl", "slo.itl_ms");
        needed.put("--gpus", "budget_gpus");
        needed.values().removeIf(service::has);
        if (!needed.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s %s missing; the service is --model --gpu --ttft --itl --gpus, or a"
                                    .formatted(
                                            String.join(", ", needed.keySet()),
                                            needed.size() == 1 ? "is" : "are")
                            + " --service file with them.");
        }
    }
}
