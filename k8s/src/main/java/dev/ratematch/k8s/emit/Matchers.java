package dev.ratematch.k8s.emit;

import dev.ratematch.controller.observe.Role;
import dev.ratematch.costmodel.transfer.KvLink;
import dev.ratematch.k8s.api.RateMatcher;
import dev.ratematch.k8s.api.RateMatcherSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.BudgetSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.DrainSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.KvLinkSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.RoleSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.ScrapeSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.SloSpec;
import dev.ratematch.k8s.api.RateMatcherSpec.TargetRef;
import dev.ratematch.k8s.api.RateMatcherSpec.TelemetrySpec;
import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.launch.Pool;
import dev.ratematch.sizing.launch.ServingEngine;
import dev.ratematch.sizing.launch.Shutdown;
import dev.ratematch.sizing.load.Traffic;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The RateMatcher of a planned fleet: the plan's own numbers, in mode Recommend.
final class Matchers {

    private static final double GB = 1e9;

    private Matchers() {}

    /// Why a fleet can have no RateMatcher; empty where it can.
    static Optional<String> impossible(PlannedFleet fleet) {
        if (!fleet.catalogued()) {
            return Optional.of(
                    "%s is not in the catalogue of models that the operator knows"
                            .formatted(fleet.model()));
        }
        if (!fleet.uniform()) {
            return Optional.of("a RateMatcher scales one shape per role, and the plan has more");
        }
        return Optional.empty();
    }

    static RateMatcher of(Deployable it) {
        var fleet = it.fleet();
        var matcher = new RateMatcher();
        matcher.setMetadata(
                new ObjectMetaBuilder()
                        .withName(it.name())
                        .addToLabels(Deployable.NAME, it.name())
                        .build());
        matcher.setSpec(
                new RateMatcherSpec(
                        RateMatcherSpec.Mode.RECOMMEND,
                        fleet.model(),
                        fleet.accelerator().name(),
                        PlannedFleet.spelled(fleet.precision()),
                        PlannedFleet.spelled(fleet.kv()),
                        new SloSpec(
                                time(fleet.ttftSeconds()),
                                time(fleet.itlSeconds()),
                                fleet.percentile() == Traffic.USUAL.percentile()
                                        ? null
                                        : fleet.percentile()),
                        role(it, fleet.prefill().getFirst()),
                        role(it, fleet.decode().getFirst()),
                        null,
                        new BudgetSpec(fleet.budgetGpus(), null, null),
                        telemetry(it),
                        link(fleet),
                        fleet.allReduceFloorMicros() > 0 ? fleet.allReduceFloorMicros() : null,
                        null,
                        null));
        return matcher;
    }

    private static RoleSpec role(Deployable it, Pool pool) {
        boolean decode = pool.role() == Role.DECODE;
        return new RoleSpec(
                ref(it, pool),
                null,
                null,
                pool.gpus(),
                pool.parallelism().text(),
                1,
                null,
                decode ? null : pool.batchedTokens(),
                decode ? pool.sequences() : null,
                null,
                drain(it, pool));
    }

    private static TargetRef ref(Deployable it, Pool pool) {
        if (it.target() == EmitTarget.DYNAMO) {
            return new TargetRef(DynamoGraphs.API, DynamoGraphs.ADAPTER, it.workload(pool));
        }
        return Workloads.grouped(it, pool)
                ? new TargetRef(Workloads.GROUPS_API, Workloads.GROUPS, it.workload(pool))
                : new TargetRef("apps/v1", "Deployment", it.workload(pool));
    }

    /// vLLM says its shut-down time-out on its command line. SGLang waits for what runs, however
    /// long that takes. Of TensorRT-LLM nothing of the kind is known.
    private static @Nullable DrainSpec drain(Deployable it, Pool pool) {
        String label =
                switch (it.target()) {
                    case LLM_D -> Deployable.LLM_D_MEMBER;
                    case DYNAMO, TRTLLM -> null;
                    case VLLM, SGLANG, LWS, RATEMATCHER ->
                            it.engine() == ServingEngine.TRTLLM ? null : Deployable.ROLE;
                };
        String shutdown =
                it.engine() == ServingEngine.SGLANG && it.target() != EmitTarget.DYNAMO
                        ? Shutdown.seconds(it.fleet(), pool) + "s"
                        : null;
        return label == null && shutdown == null
                ? null
                : new DrainSpec(label, null, null, shutdown);
    }

    private static TelemetrySpec telemetry(Deployable it) {
        boolean dynamo = it.target() == EmitTarget.DYNAMO;
        int port = dynamo ? DynamoGraphs.METRICS_PORT : ServingEngine.PORT;
        String path = dynamo ? "/metrics" : it.engine().metricsPath();
        return new TelemetrySpec(
                null, new ScrapeSpec(port, path, null), it.engine().label(), "15s");
    }

    private static KvLinkSpec link(PlannedFleet fleet) {
        var link = fleet.link();
        var usual = KvLink.of(fleet.accelerator(), link.mode());
        return new KvLinkSpec(
                link.equals(usual) ? null : link.bytesPerSecondPerGpu() / GB,
                PlannedFleet.spelled(link.mode()));
    }

    /// A duration as RateMatchers spell it, exact to a microsecond.
    static String time(double seconds) {
        return BigDecimal.valueOf(1000 * seconds)
                        .setScale(3, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                + "ms";
    }
}
