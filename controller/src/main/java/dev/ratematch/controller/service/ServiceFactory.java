package dev.ratematch.controller.service;

import dev.ratematch.controller.capacity.Laws;
import dev.ratematch.controller.observe.Role;
import dev.ratematch.controller.spec.PoolSpec;
import dev.ratematch.controller.spec.ServiceSpec;
import dev.ratematch.controller.spec.Switching;
import dev.ratematch.controller.spec.Tuning;
import dev.ratematch.costmodel.frontier.points.Pricing;
import dev.ratematch.costmodel.hardware.Accelerator;
import dev.ratematch.costmodel.hardware.Accelerators;
import dev.ratematch.costmodel.kernel.Kernels;
import dev.ratematch.costmodel.model.ModelSpec;
import dev.ratematch.costmodel.model.Models;
import dev.ratematch.costmodel.parallel.KvDtype;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.costmodel.parallel.Precision;
import dev.ratematch.costmodel.parallel.Quantization;
import dev.ratematch.costmodel.parallel.WeightPrecision;
import dev.ratematch.costmodel.phase.CompiledWorker;
import dev.ratematch.costmodel.phase.Operator;
import dev.ratematch.costmodel.phase.WideAllReduce;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.costmodel.transfer.Lanes;
import dev.ratematch.costmodel.units.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Resolves names to a service: the narrowest parallelism that fits, the KV that memory leaves, and
/// step times by the cost model. Refusals name the field, show the value and say what is known.
public final class ServiceFactory {

    private static final double GB = 1e9;

    private ServiceFactory() {}

    /// The service.
    public static Service create(ServiceRequest request) {
        return create(request, request.tuning());
    }

    /// The service with other options and another behavior than it asks for.
    public static Service create(ServiceRequest request, Tuning tuning) {
        var gpu = Accelerators.named(request.gpu());
        var model = Models.named(request.model());
        var asked = new WeightPrecision.Asked("precision", request.precision());
        var weights = WeightPrecision.named(model, request.model(), asked, gpu);
        double floor = orElse(request.allReduceFloorMicros(), Defaults.ALL_REDUCE_FLOOR_MICROS);
        var shape =
                new Shape(
                        model,
                        ShippedProfiles.kernels(gpu).withAllReduceFloor(floor),
                        weights.precision(),
                        kvDtype(request.kvDtype()),
                        engine(request.engine()),
                        floor);
        var prefill = shape.worker(Role.PREFILL, request.prefill());
        var decode = shape.worker(Role.DECODE, request.decode());
        return new Service(
                request,
                shape.model().name(),
                gpu.name(),
                weights.name(),
                weights.source(),
                shape.kv().name().toLowerCase(Locale.ROOT),
                shape.engine(),
                prefill.parallelism().text(),
                decode.parallelism().text(),
                floor,
                shape.warnings(weights, prefill, decode),
                spec(request, tuning, shape, prefill, decode),
                new Laws(
                        (tokens, squares) -> Pricing.prefillSeconds(prefill, tokens, squares),
                        decode::decodeStepSeconds,
                        decode::prefillIterationSeconds,
                        Pricing.overlap(prefill, shape.model())),
                prefill,
                decode);
    }

    private static ServiceSpec spec(
            ServiceRequest request,
            Tuning tuning,
            Shape shape,
            CompiledWorker prefill,
            CompiledWorker decode) {
        var gpu = shape.kernels().accelerator();
        int minP = orElse(request.prefill().min(), Defaults.MIN_REPLICAS);
        int minD = orElse(request.decode().min(), Defaults.MIN_REPLICAS);
        int budget = request.budgetGpus();
        return new ServiceSpec(
                request.slo(),
                budget,
                orElse(request.minBudgetGpus(), 0),
                pool(
                        shape.model(),
                        request.prefill(),
                        prefill,
                        minP,
                        (budget - minD * decode.gpus()) / prefill.gpus(),
                        Role.PREFILL),
                pool(
                        shape.model(),
                        request.decode(),
                        decode,
                        minD,
                        (budget - minP * prefill.gpus()) / decode.gpus(),
                        Role.DECODE),
                link(request, gpu),
                prefill.distinctKvBytesPerToken(),
                shape.model().layers(),
                tuning,
                Objects.requireNonNullElse(request.switching(), Switching.NONE));
    }

    private static KvDtype kvDtype(@Nullable String given) {
        return given == null ? Defaults.KV_DTYPE : KvDtype.parse(given);
    }

    private static String engine(@Nullable String given) {
        if (given == null) {
            return Defaults.ENGINE;
        }
        String wanted = given.strip().toLowerCase(Locale.ROOT);
        if (!Defaults.ENGINES.contains(wanted)) {
            throw Names.unknown("engine", given, Defaults.ENGINES);
        }
        return wanted;
    }

    private static KvLink link(ServiceRequest request, Accelerator gpu) {
        var mode = Objects.requireNonNullElse(request.linkMode(), Defaults.LINK_MODE);
        Double stated = request.linkGbPerSecond();
        return stated == null ? KvLink.of(gpu, mode) : KvLink.of(GB * stated, mode);
    }

    private static PoolSpec pool(
            ModelSpec model,
            PoolRequest request,
            CompiledWorker worker,
            int min,
            int room,
            Role role) {
        return new PoolSpec(
                worker.gpus(),
                min,
                orElse(request.max(), Math.max(min, room)),
                orElse(request.leadTimeSeconds(), Defaults.LEAD_TIME_SECONDS),
                orElse(request.drainSeconds(), Defaults.drainSeconds(role)),
                orElse(request.maxBatchedTokens(), Defaults.BATCHED_TOKENS),
                orElse(request.maxSequences(), Defaults.SEQUENCES)
                        * worker.parallelism().attentionData(),
                orElse(request.kvTokens(), (double) worker.kvCapacityTokens()),
                Lanes.of(model, worker.parallelism()));
    }

    private static int orElse(@Nullable Integer value, int fallback) {
        return value == null ? fallback : value;
    }

    private static double orElse(@Nullable Double value, double fallback) {
        return value == null ? fallback : value;
    }

    private record Shape(
            ModelSpec model,
            Kernels kernels,
            Precision precision,
            KvDtype kv,
            String engine,
            double allReduceFloorMicros) {

        CompiledWorker worker(Role role, PoolRequest request) {
            if (request.parallel() == null && request.gpus() == null) {
                return narrowest(role);
            }
            try {
                return compile(request.spread().orElseThrow());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(role.label() + ": " + e.getMessage(), e);
            }
        }

        private CompiledWorker compile(Parallelism parallelism) {
            var gpu = kernels.accelerator();
            return CompiledWorkers.of(
                    new CompiledWorkers.Kind(
                            model.name(),
                            gpu.name(),
                            allReduceFloorMicros,
                            precision,
                            kv,
                            engine,
                            parallelism),
                    () ->
                            CompiledWorker.compile(
                                    kernels,
                                    model,
                                    Quantization.of(precision, model, kv),
                                    parallelism,
                                    ShippedProfiles.engine(engine, model, precision, gpu)));
        }

        /// A single sequence stands for all iterations: the floor is what small ones take.
        private List<String> warnings(
                WeightPrecision weights, CompiledWorker prefill, CompiledWorker decode) {
            var warnings = new ArrayList<String>();
            weights.warning().ifPresent(warnings::add);
            warning(Role.PREFILL, prefill, prefill.pass().prefill(1, 1, 0))
                    .ifPresent(warnings::add);
            warning(Role.DECODE, decode, decode.pass().decode(1, 1)).ifPresent(warnings::add);
            return warnings;
        }

        private Optional<String> warning(
                Role role, CompiledWorker worker, List<Operator> iteration) {
            return WideAllReduce.of(kernels.collectives(), worker.parallelism(), iteration)
                    .map(
                            wide ->
                                    wide.text(
                                            role.label() + " " + worker.parallelism().text(),
                                            kernels.accelerator().name(),
                                            "all_reduce_floor_us"));
        }

        private CompiledWorker narrowest(Role role) {
            var refusals = new ArrayList<String>();
            for (int gpus = 1; gpus <= Defaults.WIDEST_GPUS; gpus *= 2) {
                var ways =
                        model.moe().isPresent()
                                ? List.of(Parallelism.tp(gpus), Parallelism.tep(gpus))
                                : List.of(Parallelism.tp(gpus));
                for (var parallelism : ways) {
                    try {
                        var worker = compile(parallelism);
                        if (worker.kvCapacityTokens() >= Defaults.USEFUL_KV_TOKENS) {
                            return worker;
                        }
                        refusals.add(
                                "%s leaves room for %d KV tokens only"
                                        .formatted(parallelism.text(), worker.kvCapacityTokens()));
                    } catch (IllegalArgumentException e) {
                        refusals.add(String.valueOf(e.getMessage()));
                    }
                }
            }
            throw new IllegalArgumentException(
                    "%s: no parallelism of %s on %s fits; name one in parallel. %s"
                            .formatted(
                                    role.label(),
                                    model.name(),
                                    kernels.accelerator().name(),
                                    String.join("; ", refusals)));
        }
    }
}
