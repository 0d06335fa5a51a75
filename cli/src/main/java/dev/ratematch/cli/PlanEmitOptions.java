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
                    "Write the files that deploy the plan, for vllm, sglang, trtllm, "
                            + "dynamo, llm-d, lws or ratematcher; several with commas. Needs "
                            + "--out. Default of --engine: that of the target.")
    List<String> emit = List.of();

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Folder for --emit; each target gets its own folder in it.")
    @Nullable Path out;

    @Option(
            names = "--overwrite",
            description =
                    "Let --emit replace files that it wrote earlier and that were edited since.")
    boolean overwrite;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the service, for --emit. Default: the model's name.")
    @Nullable String name;

    @Option(
            names = "--checkpoint",
            paramLabel = "ID|FOLDER",
            description =
                    "Weights for the engines to load, for --emit. Default: --model if "
                            + "it is a Hugging Face id, else the published weights.")
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
                                    option + " only works with --emit; add --emit TARGET.");
                        });
            }
        } else if (out == null) {
            throw new IllegalArgumentException(
                    "--out is missing; --emit (%s) needs a folder to write to."
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
