package dev.ratematch.cli;

import dev.ratematch.sizing.Shapes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which shapes of engines a plan may take.
@SuppressWarnings("NullAway.Init")
final class PlanShapeOptions {

    @Option(
            names = "--allow-mixed",
            description =
                    "Plan replicas of several shapes in one role where that serves more. Default: one"
                            + " shape per role, the gain of a mix beside it.")
    private boolean mixed;

    @Option(
            names = "--prefill-parallel",
            paramLabel = "SHAPE",
            description =
                    "Shape of every prefill engine, such as tp8, tep8, dep16 or tp8pp2. Default: the"
                            + " best.")
    private @Nullable String prefill;

    @Option(
            names = "--decode-parallel",
            paramLabel = "SHAPE",
            description = "The same of every decode engine.")
    private @Nullable String decode;

    @Option(
            names = "--max-replica-gpus",
            paramLabel = "N",
            description = "Most GPUs of one engine. Default: the budget.")
    private @Nullable Integer maxReplicaGpus;

    /// Whether any was given.
    boolean given() {
        return mixed || prefill != null || decode != null || maxReplicaGpus != null;
    }

    Shapes shapes() {
        return Shapes.of(mixed, prefill, decode, maxReplicaGpus);
    }
}
