package dev.ratematch.cli;

import dev.ratematch.k8s.emit.Emission;
import dev.ratematch.k8s.emit.EmitTarget;
import dev.ratematch.k8s.emit.EmittedFile;
import dev.ratematch.sizing.launch.PlannedFleet;
import dev.ratematch.sizing.launch.ServingEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The side of `plan` that makes a deployment of its answer.
@SuppressWarnings("NullAway.Init")
final class PlanEmitOptions {

    @Option(
            names = "--emit",
            split = ",",
            paramLabel = "TARGET",
            description =
                    "Write what deploys the plan: vllm, sglang, trtllm, dynamo, llm-d, lws,"
                            + " ratematcher, several with commas. With --out. Where --engine is not"
                            + " given, it is that of the target.")
    List<String> emit = List.of();

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Folder for --emit, one folder in it for each target.")
    @Nullable Path out;

    @Option(
            names = "--overwrite",
            description = "Let --emit replace files of its own that were changed since.")
    boolean overwrite;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the service for --emit. Default: that of the model.")
    @Nullable String name;

    @Option(
            names = "--checkpoint",
            paramLabel = "ID|FOLDER",
            description =
                    "Weights that the engines load, for --emit. Default: --model where it is a"
                            + " Hugging Face id, else the published ones.")
    @Nullable String checkpoint;

    /// What is to be emitted; empty for nothing.
    List<EmitTarget> targets() {
        var targets = EmitTarget.parse("--emit", emit);
        if (targets.isEmpty()) {
            for (var alone :
                    List.of(
                            given("--out", out),
                            given("--name", name),
                            given("--checkpoint", checkpoint))) {
                alone.ifPresent(
                        option -> {
                            throw new IllegalArgumentException(
                                    option
                                            + " has a meaning with --emit only; give --emit TARGET.");
                        });
            }
        } else if (out == null) {
            throw new IllegalArgumentException(
                    "--out is missing: --emit (%s) needs a folder to write to."
                            .formatted(String.join(",", emit)));
        }
        return targets;
    }

    private static Optional<String> given(String option, @Nullable Object value) {
        return value == null ? Optional.empty() : Optional.of(option);
    }

    /// The engine to plan with where `--engine` is not given.
    static String engine(List<EmitTarget> targets, String usual) {
        return EmitTarget.engine(targets, ServingEngine.named(usual)).label();
    }

    /// The files of a plan.
    List<EmittedFile> files(PlannedFleet fleet, List<EmitTarget> targets) {
        return Emission.files(fleet, targets, name);
    }

    /// What the engines load; empty for the published weights.
    ///
    /// @param model value of `--model`
    Optional<String> checkpoint(@Nullable String model) {
        boolean repository =
                model != null && model.matches("[\\w.-]+/[\\w.-]+") && !model.endsWith(".json");
        String weights = checkpoint != null ? checkpoint : repository ? model : null;
        return Optional.ofNullable(weights);
    }

    /// Writes them, or refuses and writes nothing.
    void write(List<EmittedFile> files) throws IOException {
        if (out != null) {
            EmitFolder.write(out, files, overwrite);
        }
    }
}
