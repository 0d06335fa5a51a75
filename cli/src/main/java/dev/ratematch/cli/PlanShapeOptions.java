package dev.ratematch.cli;

import dev.ratematch.controller.service.PoolRequest;
import dev.ratematch.costmodel.parallel.Parallelism;
import dev.ratematch.sizing.Shapes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which shapes of engines a plan may take.
@SuppressWarnings("NullAway.Init")
final class PlanShapeOptions {

    @Option(
            names = "--allow-mixed",
            description =
                    "Allow replicas of different shapes in one role if that serves "
                            + "more. Default: one shape per role; the gain of a mix is shown.")
    private boolean mixed;

    @Option(
            names = "--prefill-parallel",
            paramLabel = "SHAPE",
            description =
                    "Parallelism of every prefill engine, such as tp8, tep8, dep16 or "
                            + "tp8pp2. Default: the best.")
    private @Nullable String prefill;

    @Option(
            names = "--decode-parallel",
            paramLabel = "SHAPE",
            description = "Parallelism of every decode engine. Default: the best.")
    private @Nullable String decode;

    @Option(
            names = "--max-replica-gpus",
            paramLabel = "N",
            description = "Maximum GPUs of one engine. Default: the budget.")
    private @Nullable Integer maxReplicaGpus;

    /// Whether any was given.
    boolean given() {
        return mixed || prefill != null || decode != null || maxReplicaGpus != null;
    }

    /// Puts the shapes that are given over those of a service.
    void over(ServiceFile service) {
        service.spread("prefill", prefill, null).spread("decode", decode, null);
    }

    /// Takes the shapes of a service, over which these are put already.
    void take(PoolRequest ofPrefill, PoolRequest ofDecode) {
        prefill = shape("prefill", ofPrefill);
        decode = shape("decode", ofDecode);
    }

    private static @Nullable String shape(String role, PoolRequest pool) {
        try {
            return pool.spread().map(Parallelism::text).orElse(null);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--service, %s: %s".formatted(role, e.getMessage()), e);
        }
    }

    Shapes shapes() {
        return Shapes.of(mixed, prefill, decode, maxReplicaGpus);
    }
}
