package dev.ratematch.cli;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.controller.service.ServiceRequest;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.model.ModelId;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.PublishedPrecision;
import dev.ratematch.costmodel.parallel.StatedPrecision;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.costmodel.units.Names;
import dev.ratematch.harness.plant.MeasuredShapes;
import dev.ratematch.harness.plant.PlantSettings;
import dev.ratematch.harness.plant.PoolShape;
import dev.ratematch.harness.plant.StartUp;
import dev.ratematch.harness.plant.Topology;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The knobs of the simulated cluster.
@SuppressWarnings("NullAway.Init")
final class PlantOptions {

    /// The precision that every model of the simulated cluster was measured in.
    private static final String MEASURED_PRECISION = "nvfp4";

    /// Type of the KV cache that the engines of the simulated cluster were measured with.
    private static final String MEASURED_KV = "fp8";

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "Precision of the engines: nvfp4 or fp8. Default: as the model was "
                            + "first published, if the simulated cluster supports it; else nvfp4, "
                            + "with a note.")
    private @Nullable String precision;

    @Option(
            names = "--prefill-parallel",
            paramLabel = "SHAPE",
            description =
                    "Parallelism of a prefill engine, such as tp2. Default: tp2; dep4 for R1.")
    String prefillParallel = "";

    @Option(
            names = "--decode-parallel",
            paramLabel = "SHAPE",
            description =
                    "Parallelism of a decode engine, such as tp2. Default: tp2; dep16 for R1.")
    String decodeParallel = "";

    @Option(
            names = "--max-batched-tokens",
            defaultValue = "8192",
            description =
                    "Maximum tokens in a prefill iteration of one data-parallel rank. "
                            + "Default: ${DEFAULT-VALUE}.")
    int maxBatchedTokens;

    @Option(
            names = "--max-seqs",
            defaultValue = "256",
            description =
                    "Maximum sequences in a decode batch of one data-parallel rank. "
                            + "Default: ${DEFAULT-VALUE}.")
    int maxSequences;

    @Option(
            names = "--start-up",
            converter = Seconds.Converter.class,
            defaultValue = "60s",
            paramLabel = "TIME",
            description =
                    "Mean start-up time of a replica on a host that already has the "
                            + "image. Default: ${DEFAULT-VALUE}.")
    Seconds startUp;

    @Option(
            names = "--start-up-spread",
            defaultValue = "0.1",
            description =
                    "Relative standard deviation of the start-up time, 0 to 0.3. Default: "
                            + "${DEFAULT-VALUE}.")
    double startUpSpread;

    @Option(
            names = "--image-pull",
            converter = Seconds.Converter.class,
            defaultValue = "30s",
            paramLabel = "TIME",
            description =
                    "Mean time of the first image pull on each host. Default: "
                            + "${DEFAULT-VALUE}.")
    Seconds imagePull;

    @Option(
            names = "--host-gpus",
            paramLabel = "N",
            description = "GPUs per host. Default: 8; 4 on GB200.")
    int hostGpus;

    @Option(
            names = "--domain-gpus",
            paramLabel = "N",
            description = "GPUs per NVLink domain. Default: 8; 72 on GB200.")
    int domainGpus;

    @Option(
            names = "--drain-grace",
            converter = Seconds.Converter.class,
            defaultValue = "30m",
            paramLabel = "TIME",
            description =
                    "Maximum time that a replica may drain before it is killed. "
                            + "Default: ${DEFAULT-VALUE}.")
    Seconds drainGrace;

    @Option(names = "--kv-link", paramLabel = "GB/S", description = Vocabulary.KV_LINK)
    private @Nullable Double linkGbPerSecond;

    @Option(
            names = "--transfer-mode",
            defaultValue = "pull",
            paramLabel = "MODE",
            description = Vocabulary.TRANSFER_MODE)
    String transfer;

    @Option(
            names = "--noise",
            defaultValue = "0.02",
            description =
                    "Relative standard deviation of step times, 0 to 0.3. Default:"
                            + " ${DEFAULT-VALUE}.")
    double noise;

    @Option(
            names = "--stragglers",
            defaultValue = "0.05",
            description =
                    "Share of replicas that are 10 %% slower, 0 to 1. Default: ${DEFAULT-VALUE}.")
    double stragglers;

    @Option(
            names = "--drift",
            defaultValue = "0",
            description = "Relative change of step times per hour. Default: ${DEFAULT-VALUE}.")
    double drift;

    @Option(
            names = "--router",
            defaultValue = "least-loaded",
            description =
                    "Routing of requests: round-robin, least-loaded or prefix-aware. "
                            + "Default: ${DEFAULT-VALUE}.")
    String router;

    /// What the service file calls its engine; empty where it does not.
    private String engine = "";

    /// Type of its KV cache; empty where it does not say.
    private String kv = "";

    private static <E extends Enum<E>> E named(String option, String text, List<E> values) {
        for (var value : values) {
            if (label(value).equals(text)) {
                return value;
            }
        }
        throw Names.unknown(option, text, values.stream().map(PlantOptions::label).toList());
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private KvLink.Mode mode() {
        return named("--transfer-mode", transfer, List.of(KvLink.Mode.values()));
    }

    /// What a simulated cluster takes from a service: all but what its engines were measured with.
    boolean used(String field) {
        return switch (field) {
            case "engine" -> engine.isEmpty() || engine.equals(MeasuredShapes.ENGINE);
            case "kv_dtype" -> kv.isEmpty() || kv.equals(MEASURED_KV);
            case "state", "prefill.max_seqs", "decode.max_batched_tokens" -> false;
            default -> true;
        };
    }

    /// Puts over a service what is given here, and what nobody says.
    ///
    /// @param over of an option and a field: whether the option goes before it
    void over(ServiceFile service, BiPredicate<String, String> over, Consumer<String> say) {
        String named = service.fields().path("model").asText();
        String model = named.toLowerCase(Locale.ROOT);
        precision =
                service.has("precision") && precision == null
                        ? service.fields().path("precision").asText()
                        : precision(named, say);
        engine = service.fields().path("engine").asText();
        kv = service.fields().path("kv_dtype").asText();
        service.text("engine", MeasuredShapes.ENGINE)
                .text("precision", precision)
                .number("kv_link.gb_s_per_gpu", linkGbPerSecond)
                .text(
                        "kv_link.mode",
                        over.test("--transfer-mode", "kv_link.mode")
                                ? Names.of(mode()).getFirst()
                                : null);
        for (var role : Role.values()) {
            pool(service, role, model, over);
        }
    }

    private void pool(
            ServiceFile service, Role role, String model, BiPredicate<String, String> over) {
        String pool = role.label() + ".";
        String option = "--" + role.label() + "-parallel";
        boolean spread = over.test(option, pool + "parallel") && over.test(option, pool + "gpus");
        service.spread(role.label(), spread ? parallel(role, model) : null, null)
                .number(
                        pool + "lead_time_s",
                        over.test("--start-up", pool + "lead_time_s") ? startUp.value() : null)
                .whole(
                        pool + "max_batched_tokens",
                        over.test("--max-batched-tokens", "prefill.max_batched_tokens")
                                ? maxBatchedTokens
                                : null)
                .whole(
                        pool + "max_seqs",
                        over.test("--max-seqs", "decode.max_seqs") ? maxSequences : null);
    }

    /// The precision of the engines: the one asked for, else that of the checkpoint where such
    /// engines were measured, else the one that all of them were.
    String precision(String model, Consumer<String> say) {
        if (precision != null) {
            return precision;
        }
        var found = Models.find(ModelId.of(model));
        if (found.isPresent()
                && PublishedPrecision.of(ModelId.of(model), found.get().name())
                        instanceof StatedPrecision.Known known) {
            String published = Names.of(known.precision()).getFirst();
            boolean measured =
                    MeasuredShapes.all().stream()
                            .anyMatch(
                                    shape ->
                                            shape.model().equals(found.get().name())
                                                    && shape.precision().equals(published));
            if (measured) {
                return published;
            }
            say.accept(
                    ("--precision is not given; using %s, since the simulated cluster "
                                    + "has no %s engines (%s).")
                            .formatted(MEASURED_PRECISION, published, known.source()));
        }
        return MEASURED_PRECISION;
    }

    /// Takes what a service says, over which these are put already.
    void take(ServiceRequest service) {
        prefillParallel = shape(Role.PREFILL, service.prefill());
        decodeParallel = shape(Role.DECODE, service.decode());
        maxBatchedTokens =
                Objects.requireNonNullElse(service.prefill().maxBatchedTokens(), maxBatchedTokens);
        maxSequences = Objects.requireNonNullElse(service.decode().maxSequences(), maxSequences);
        // One start-up for both roles: the longer one, which decides how fast a fleet can change.
        startUp =
                Stream.of(service.prefill(), service.decode())
                        .map(PoolRequest::leadTimeSeconds)
                        .filter(Objects::nonNull)
                        .max(Double::compare)
                        .map(Seconds::new)
                        .orElse(startUp);
        linkGbPerSecond = service.linkGbPerSecond();
        var mode = service.linkMode();
        transfer = mode == null ? transfer : label(mode);
    }

    private static String shape(Role role, PoolRequest pool) {
        try {
            return pool.spread().map(Parallelism::text).orElse("");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(role.label() + ": " + e.getMessage(), e);
        }
    }

    String parallel(Role role, String model) {
        String given = role == Role.PREFILL ? prefillParallel : decodeParallel;
        if (!given.isEmpty()) {
            return given;
        }
        return model.equals("deepseek-r1") ? (role == Role.PREFILL ? "dep4" : "dep16") : "tp2";
    }

    /// The cluster.
    PlantSettings plant(String model, String gpu, String precision, int gpus, long seed) {
        var prefill = MeasuredShapes.named(model, gpu, precision, parallel(Role.PREFILL, model));
        var decode = MeasuredShapes.named(model, gpu, precision, parallel(Role.DECODE, model));
        var usual = PlantSettings.of(prefill, decode, gpus);
        return new PlantSettings(
                shape(prefill),
                shape(decode),
                usual.kvBytesPerToken(),
                usual.layers(),
                link(Accelerators.named(gpu), usual.link().latencySeconds()),
                gpus,
                topology(usual.topology()),
                new StartUp(
                        imagePull.value(),
                        usual.startUp().imagePullSpread(),
                        startUp.value(),
                        startUpSpread),
                drainGrace.value(),
                noise,
                stragglers,
                usual.stragglerFactor(),
                drift,
                named("--router", router, List.of(PlantSettings.Router.values())),
                usual.prefixCacheShare(),
                seed);
    }

    private KvLink link(Accelerator accelerator, double latencySeconds) {
        return linkGbPerSecond == null
                ? KvLink.of(accelerator, mode())
                : new KvLink(linkGbPerSecond * 1e9, mode(), latencySeconds);
    }

    private Topology topology(Topology usual) {
        int host = hostGpus > 0 ? hostGpus : usual.gpusPerHost();
        int domain = domainGpus > 0 ? domainGpus : Math.max(host, usual.gpusPerDomain());
        return new Topology(host, domain);
    }

    private PoolShape shape(MeasuredShapes.Shape shape) {
        int ranks = Parallelism.parse(shape.parallel()).attentionData();
        return new PoolShape(
                shape.gpus(),
                shape.steps(),
                maxBatchedTokens * ranks,
                maxSequences * ranks,
                shape.kvTokens());
    }
}
