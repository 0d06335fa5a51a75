package dev.ratematch.cli;

import dev.ratematch.controller.filter.ServiceLines;
import dev.ratematch.controller.service.ServiceRequest;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How our controller is to behave, where the service itself is given otherwise.
final class ControlOptions {

    @Mixin private OptionValues law = new OptionValues();

    @Option(
            names = "--service",
            paramLabel = "FILE",
            description =
                    "RateMatcher or service file (docs/step.md); only its options, "
                            + "behavior and min_budget_gpus are used. --option overrides it.")
    private @Nullable Path file;

    /// The service controlled so.
    ///
    /// @throws IllegalArgumentException naming what is wrong
    ServiceRequest applied(ServiceRequest request) {
        var node = ServiceFile.read(file).fields();
        law.into(node);
        return ServiceLines.controlled(request, node);
    }
}
