package dev.ratematch.cli;

import dev.ratematch.costmodel.frontier.points.Load;
import dev.ratematch.costmodel.frontier.points.Pairing;
import dev.ratematch.costmodel.frontier.points.Target;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.parallel.WeightPrecision;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.costmodel.units.Check;
import dev.ratematch.costmodel.units.Names;
import dev.ratematch.sizing.KvCache;
import dev.ratematch.sizing.ModelFile;
import dev.ratematch.sizing.ModelRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What is served, on what, and how fast: the side of `plan` that uses the cost model.
@SuppressWarnings("NullAway.Init")
final class PlanModelOptions {

    private static final double GB = 1e9;
    private static final List<String> ENGINES = List.of("trtllm", "vllm", "sglang", "dynamo");

    /// Where no engine is named.
    static final String ENGINE = ENGINES.getFirst();

    /// Of the default, since a service that runs has another.
    private static final String UNNAMED =
            "the default, since its steps were measured best; set yours with --engine";

    /// What a plan takes from a service.
    private static final Set<String> OF_A_SERVICE =
            Set.of(
                    "model",
                    "gpu",
                    "precision",
                    "kv_dtype",
                    "engine",
                    "slo.ttft_ms",
                    "slo.itl_ms",
                    "budget_gpus",
                    "kv_link.gb_s_per_gpu",
                    "kv_link.mode",
                    "all_reduce_floor_us",
                    "prefill.parallel",
                    "prefill.gpus",
                    "decode.parallel",
                    "decode.gpus");

    @Option(names = "--service", paramLabel = "FILE", description = ServiceFile.DESCRIPTION)
    @Nullable Path service;

    @Option(
            names = "--model",
            paramLabel = "NAME|FILE",
            description = "Model from the catalogue, or a Hugging Face config.json.")
    @Nullable String model;

    @Option(
            names = "--model-config",
            paramLabel = "FILE",
            description =
                    "Instead of --model: a Hugging Face config.json, or the folder that contains "
                            + "it.")
    @Nullable Path modelConfig;

    @Option(names = "--gpu", paramLabel = "NAME", description = "GPU, such as b200 or gb200.")
    @Nullable String gpu;

    @Option(names = "--isl", paramLabel = "TOKENS", description = "Mean prompt length.")
    @Nullable Double inputTokens;

    @Option(names = "--osl", paramLabel = "TOKENS", description = "Mean answer length.")
    @Nullable Double outputTokens;

    @Option(
            names = "--ttft",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description =
                    Vocabulary.TTFT
                            + " Without --rate and --concurrency, queueing is not included.")
    @Nullable Seconds ttft;

    @Option(
            names = "--itl",
            paramLabel = "TIME",
            converter = Seconds.Converter.class,
            description = Vocabulary.ITL)
    @Nullable Seconds itl;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "Precision of the weights: bf16, fp8, nvfp4, mxfp4 or int4. "
                            + "Default: read from the model's files (quantization_config or "
                            + "torch_dtype in config.json, or hf_quant_config.json); without "
                            + "files, from the end of its name, such as -FP8, else as the model "
                            + "was first published.")
    @Nullable String precision;

    @Option(
            names = "--kv-dtype",
            paramLabel = "NAME",
            description =
                    "Type of the KV cache: bf16 or fp8. Default: read from the model's "
                            + "files (kv_cache_scheme, kv_cache_quant_algo) or name, else fp8.")
    @Nullable String kv;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description =
                    "Engine: trtllm, vllm, sglang or dynamo. Default: trtllm, whose "
                            + "steps were measured best; for a running service, the engine that "
                            + "its metrics show, else vllm.")
    @Nullable String engine;

    @Option(
            names = "--all-reduce-floor",
            paramLabel = "US",
            description =
                    "Shortest time, in microseconds, of an all-reduce over more GPUs "
                            + "than public measurements cover (4 on GB200); 0 uses the widest "
                            + "measurement. Default: 0.")
    @Nullable Double allReduceFloorMicros;

    @Option(
            names = "--prefix-hit",
            paramLabel = "SHARE",
            defaultValue = "0",
            description =
                    "Share of prompt tokens found in the prefix cache, 0 to 0.999. Default: 0.")
    double prefixHit;

    @Option(
            names = "--accept-length",
            paramLabel = "TOKENS",
            defaultValue = "1",
            description =
                    "Tokens per decode step with speculative decoding. Default: 1 (no speculation).")
    double acceptLength;

    @Option(
            names = "--draft-tokens",
            paramLabel = "TOKENS",
            description = "Draft tokens per step. Default: the fewest that allow --accept-length.")
    @Nullable Double draftTokens;

    @Option(
            names = "--kv-link",
            paramLabel = "GB/S",
            description =
                    Vocabulary.KV_LINK
                            + " Give the NVLink bandwidth if both pools are in one NVLink domain.")
    @Nullable Double linkGbPerSecond;

    @Option(names = "--transfer-mode", paramLabel = "MODE", description = Vocabulary.TRANSFER_MODE)
    @Nullable String transfer;

    @Option(
            names = "--pairing",
            paramLabel = "RULE",
            defaultValue = "nixl",
            description =
                    "nixl: prefill TP must not exceed decode TP; any: no restriction. "
                            + "Default: ${DEFAULT-VALUE}.")
    String pairing;

    /// Who says the precision, and the type of the KV cache.
    private String precisionBy = "--precision";

    private String kvBy = "--kv-dtype";

    /// Who names the engine, where somebody does.
    String engineBy = "--engine";

    @Mixin private PlanShapeOptions shapes = new PlanShapeOptions();

    /// Whether any option of this side that has no default was given.
    boolean given() {
        return model != null
                || modelConfig != null
                || gpu != null
                || inputTokens != null
                || outputTokens != null
                || ttft != null
                || itl != null
                || precision != null
                || service != null
                || shapes.given();
    }

    /// Takes from the service file what no option says.
    ///
    /// @param gpus value of `--gpus`; null where it was not given
    /// @param load takes the percentile, where a fleet is sized for a load
    /// @param say told what of the file is not used
    /// @return the budget, by the option or the file; null where neither says it
    /// @throws IllegalArgumentException naming the field that is wrong
    @Nullable Integer take(@Nullable Integer gpus, PlanLoadOptions load, Consumer<String> say) {
        if (service == null) {
            return gpus;
        }
        var file = ServiceFile.read(service);
        file.text("model", modelConfig == null ? model : modelConfig.toString())
                .text("gpu", gpu)
                .text("precision", precision)
                .text("kv_dtype", kv)
                .text("engine", engine)
                .number("all_reduce_floor_us", allReduceFloorMicros)
                .number("slo.ttft_ms", Seconds.millis(ttft))
                .number("slo.itl_ms", Seconds.millis(itl))
                .number("kv_link.gb_s_per_gpu", linkGbPerSecond)
                .text("kv_link.mode", transfer)
                .whole("budget_gpus", gpus);
        shapes.over(file);
        Predicate<String> used =
                field ->
                        OF_A_SERVICE.contains(field)
                                || (load.given() && field.equals("slo.percentile"));
        var taken = file.partly("plan", used, say);
        model = modelConfig == null && file.has("model") ? taken.model() : model;
        gpu = file.has("gpu") ? taken.gpu() : null;
        // Who says it is shown.
        String from = "--service " + service;
        precisionBy = precision == null && taken.precision() != null ? from : precisionBy;
        precision = taken.precision();
        kvBy = kv == null && taken.kvDtype() != null ? from : kvBy;
        kv = taken.kvDtype();
        engineBy = engine == null && taken.engine() != null ? from : engineBy;
        engine = taken.engine();
        allReduceFloorMicros = taken.allReduceFloorMicros();
        ttft =
                ttft == null && file.has("slo.ttft_ms")
                        ? new Seconds(taken.slo().ttftSeconds())
                        : ttft;
        itl = itl == null && file.has("slo.itl_ms") ? new Seconds(taken.slo().itlSeconds()) : itl;
        linkGbPerSecond = taken.linkGbPerSecond();
        var mode = taken.linkMode();
        transfer = mode == null ? null : mode.name();
        shapes.take(taken.prefill(), taken.decode());
        if (load.given() && file.has("slo.percentile")) {
            load.assume(taken.slo().percentile());
        }
        return file.has("budget_gpus") ? (Integer) taken.budgetGpus() : null;
    }

    /// The request, or a refusal that names the option.
    ModelRequest request(int gpus) throws IOException {
        var missing = new ArrayList<String>();
        for (var need : needs().entrySet()) {
            if (!need.getValue()) {
                missing.add(need.getKey());
            }
        }
        String named = modelConfig == null ? model : modelConfig.toString();
        if (named == null
                || gpu == null
                || inputTokens == null
                || outputTokens == null
                || ttft == null
                || itl == null) {
            throw new IllegalArgumentException(
                    "%s %s missing; give --workers FILE, or all of --model (or --model-config), --gpu, --isl, --osl,"
                                    .formatted(
                                            String.join(", ", missing),
                                            missing.size() == 1 ? "is" : "are")
                            + " --ttft and --itl (all but the lengths may come from "
                            + "--service FILE).");
        }
        if (model != null && modelConfig != null) {
            throw new IllegalArgumentException(
                    "--model (%s) and --model-config (%s) exclude each other; give one."
                            .formatted(model, modelConfig));
        }
        ModelFile read =
                modelConfig == null
                        ? ModelFile.named("--model", named)
                        : ModelFile.read("--model-config", modelConfig);
        Accelerator accelerator = Accelerators.named(gpu);
        var load = load(inputTokens, outputTokens);
        var target =
                new Target(
                        read.spec(),
                        load,
                        link(accelerator),
                        one(
                                "--pairing",
                                pairing,
                                List.of("nixl", "any"),
                                List.of(Pairing.FAN_OUT, Pairing.ANY)),
                        ttft.value(),
                        itl.value());
        return new ModelRequest(
                read.source(),
                target,
                accelerator,
                weights(read, accelerator),
                KvCache.of(read.kv(), kv, kvBy),
                one("--engine", engine == null ? ENGINE : engine, ENGINES, ENGINES),
                engine == null ? UNNAMED : engineBy,
                allReduceFloor(),
                gpus,
                shapes.shapes());
    }

    private WeightPrecision weights(ModelFile read, Accelerator accelerator) {
        var asked = new WeightPrecision.Asked(precisionBy, precision);
        return WeightPrecision.of(read.spec(), read.stated(), read.published(), asked, accelerator);
    }

    private Load load(double inputTokens, double outputTokens) {
        Check.finiteAtLeast("--isl", inputTokens, 1);
        Check.finiteAtLeast("--osl", outputTokens, 2);
        Check.within("--prefix-hit", prefixHit, 0, 0.999);
        Check.within("--accept-length", acceptLength, 1, 64);
        double drafts = draftTokens != null ? draftTokens : Math.ceil(acceptLength - 1);
        Check.within("--draft-tokens", drafts, acceptLength - 1, 64);
        return new Load(inputTokens, outputTokens, prefixHit, drafts, acceptLength);
    }

    private double allReduceFloor() {
        if (allReduceFloorMicros == null) {
            return 0;
        }
        if (!(allReduceFloorMicros >= 0 && allReduceFloorMicros <= 10_000)) {
            throw new IllegalArgumentException(
                    "--all-reduce-floor (%s) must be between 0 and 10000 microseconds."
                            .formatted(allReduceFloorMicros));
        }
        return allReduceFloorMicros;
    }

    private Map<String, Boolean> needs() {
        var needs = new LinkedHashMap<String, Boolean>();
        needs.put("--model", model != null || modelConfig != null);
        needs.put("--gpu", gpu != null);
        needs.put("--isl", inputTokens != null);
        needs.put("--osl", outputTokens != null);
        needs.put("--ttft", ttft != null);
        needs.put("--itl", itl != null);
        return needs;
    }

    private KvLink link(Accelerator accelerator) {
        var mode =
                transfer == null
                        ? KvLink.Mode.PULL
                        : KvLink.Mode.parse("--transfer-mode", transfer.strip());
        if (linkGbPerSecond == null) {
            return KvLink.of(accelerator, mode);
        }
        Check.positive("--kv-link", linkGbPerSecond);
        return KvLink.of(GB * linkGbPerSecond, mode);
    }

    private static <T> T one(String option, String given, List<String> names, List<T> values) {
        int index = names.indexOf(given.strip().toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw Names.unknown(option, given, names);
        }
        return values.get(index);
    }
}
